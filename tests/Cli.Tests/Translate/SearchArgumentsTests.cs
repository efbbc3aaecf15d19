using System.CommandLine;
using DistSeq2Seq.Cli.Translate;
using DistSeq2Seq.Configuration;
using DistSeq2Seq.Model.Decoding;
using Xunit;

namespace DistSeq2Seq.Cli.Tests.Translate;

public sealed class SearchArgumentsTests
{
    /// <summary>No value is the default of another one.</summary>
    private static readonly DecodingConfiguration Configured = new()
    {
        Beam = 7,
        LengthPenalty = 0.3,
        CoveragePenalty = 0.4,
        MaxLengthRatio = 3,
        MaxLengthExtra = 11,
        MaxLength = 40,
        MinLength = 2,
        NoRepeatNgram = 5,
        Temperature = 0.8,
        TopK = 30,
        TopP = 0.7,
        Seed = 12,
        BatchSize = 16,
    };

    [Theory]
    [InlineData("--beam", "9", nameof(DecodingOptions.Beam), 9)]
    [InlineData("--n-best", "3", nameof(DecodingOptions.BestCount), 3)]
    [InlineData("--length-penalty", "1.5", nameof(DecodingOptions.LengthPenalty), 1.5)]
    [InlineData("--coverage-penalty", "1.6", nameof(DecodingOptions.CoveragePenalty), 1.6)]
    [InlineData("--min-length", "4", nameof(DecodingOptions.MinLength), 4)]
    [InlineData("--max-length", "50", nameof(DecodingOptions.MaxLength), 50)]
    [InlineData("--no-repeat-ngram", "6", nameof(DecodingOptions.NoRepeatNgram), 6)]
    [InlineData("--replace-unknown", "true", nameof(DecodingOptions.ReplaceUnknown), true)]
    [InlineData("--dictionary", "words.tsv", nameof(DecodingOptions.Dictionary), "words.tsv", nameof(DecodingOptions.ReplaceUnknown), true)]
    [InlineData("--sample", "true", nameof(DecodingOptions.Search), DecodingSearch.Sample)]
    [InlineData("--temperature", "2.5", nameof(DecodingOptions.Temperature), 2.5)]
    [InlineData("--top-k", "8", nameof(DecodingOptions.TopK), 8)]
    [InlineData("--top-p", "0.6", nameof(DecodingOptions.TopP), 0.6)]
    [InlineData("--seed", "13", nameof(DecodingOptions.Seed), 13L)]
    [InlineData("--batch-size", "17", nameof(DecodingOptions.BatchSize), 17)]
    public void Read_Option_ChangesWhatItNamesAndNothingElse(string option, string value, params object[] expected)
    {
        var sampling = option is "--temperature" or "--top-k" or "--top-p" or "--seed";
        var configured = sampling ? Configured with { Search = DecodingSearch.Sample } : Configured;
        var (before, after) = (DecodingOptions.From(configured), Read(configured, option, value));
        var changes = expected.Chunk(2).ToDictionary(change => (string)change[0], change => change[1]);
        foreach (var property in typeof(DecodingOptions).GetProperties())
            Assert.Equal(changes.GetValueOrDefault(property.Name, property.GetValue(before)!), property.GetValue(after));
    }

    [Fact]
    public void Read_NoOption_IsAsConfigured() => Assert.Equal(DecodingOptions.From(Configured), Read(Configured));

    [Theory]
    [InlineData("--temperature", "2")]
    [InlineData("--top-k", "2")]
    [InlineData("--top-p", "0.5")]
    [InlineData("--seed", "2")]
    public void Read_OptionOfSamplingWithoutIt_IsRefused(string option, string value) =>
        Assert.Contains($"{option} is for sampling", Assert.Throws<ConfigurationException>(() => Read(Configured, option, value)).Message);

    private static DecodingOptions Read(DecodingConfiguration configuration, params string[] options)
    {
        var (search, command) = (new SearchArguments(), new Command("translate"));
        search.AddTo(command);
        var parsed = new RootCommand { command }.Parse(["translate", .. options]);
        Assert.Empty(parsed.Errors);
        return search.Read(parsed, configuration);
    }
}
