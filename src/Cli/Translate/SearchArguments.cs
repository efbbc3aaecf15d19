using System.CommandLine;
using DistSeq2Seq.Configuration;
using DistSeq2Seq.Model.Decoding;

namespace DistSeq2Seq.Cli.Translate;

/// <summary>Options of the search. The run's configuration gives the values of options that are not given.</summary>
internal sealed class SearchArguments
{
    private readonly Option<int?> _beam =
        new("--beam") { Description = "Beam width; 1 is greedy search. By default the run's.", HelpName = "N" };
    private readonly Option<double?> _lengthPenalty = new("--length-penalty")
    {
        Description = "Length penalty; 0 favours short output. By default the run's.",
        HelpName = "A",
    };
    private readonly Option<double?> _coveragePenalty = new("--coverage-penalty")
    {
        Description = "Coverage penalty: favours output that has looked at every source token.",
        HelpName = "B",
    };
    private readonly Option<int?> _minLength = new("--min-length") { Description = "Fewest tokens of a translation.", HelpName = "N" };
    private readonly Option<int?> _maxLength = new("--max-length") { Description = "Most tokens of a translation.", HelpName = "N" };
    private readonly Option<int?> _noRepeatNgram = new("--no-repeat-ngram")
    {
        Description = "Never say the same N tokens in a row twice in a line.",
        HelpName = "N",
    };
    private readonly Option<bool> _replaceUnknown = new("--replace-unknown")
    {
        Description = "Write the source word that attention looks at most in place of <unk>.",
    };
    private readonly Option<string?> _dictionary = new("--dictionary")
    {
        Description = "As --replace-unknown; a word found in this file of lines source TAB target is replaced by its target.",
        HelpName = "F",
    };
    private readonly Option<bool> _sample = new("--sample")
    {
        Description = "Draw translations at random instead of looking for the likeliest.",
    };
    private readonly Option<double?> _temperature = new("--temperature")
    {
        Description = "Sampling: below 1 the likely become likelier.",
        HelpName = "T",
    };
    private readonly Option<int?> _topK = new("--top-k")
    {
        Description = "Sampling: draw from the K likeliest tokens only.",
        HelpName = "K",
    };
    private readonly Option<double?> _topP = new("--top-p")
    {
        Description = "Sampling: draw from the fewest tokens whose probabilities reach P together.",
        HelpName = "P",
    };
    private readonly Option<long?> _seed = new("--seed")
    {
        Description = "Sampling: what is drawn for a line is a function of this and its number.",
        HelpName = "N",
    };
    private readonly Option<int?> _best = new("--n-best")
    {
        Description = "Give the N best translations (or N samples) of each line, as: number ||| translation ||| score.",
        HelpName = "N",
    };
    private readonly Option<int?> _batch = new("--batch-size")
    {
        Description = "Sentences decoded together. By default the run's.",
        HelpName = "N",
    };

    /// <summary>Adds them to a verb.</summary>
    public void AddTo(Command command)
    {
        foreach (var option in new Option[]
        {
            _beam, _best, _lengthPenalty, _coveragePenalty, _minLength, _maxLength, _noRepeatNgram, _replaceUnknown, _dictionary,
            _sample, _temperature, _topK, _topP, _seed, _batch,
        })
            command.Add(option);
    }

    /// <summary>Whether several translations of each line are to be written, with numbers and scores.</summary>
    public bool WantsList(ParseResult parsed) => parsed.GetValue(_best) is not null;

    /// <summary>The settings of configuration and options together. The translator checks their ranges.</summary>
    /// <exception cref="ConfigurationException">An option of sampling is given, and nothing is to be sampled.</exception>
    public DecodingOptions Read(ParseResult parsed, DecodingConfiguration configuration)
    {
        var configured = DecodingOptions.From(configuration);
        var search = parsed.GetValue(_sample) ? DecodingSearch.Sample : configured.Search;
        var dictionary = parsed.GetValue(_dictionary);
        if (search != DecodingSearch.Sample && new Option[]
        {
            _temperature,
            _topK,
            _topP,
            _seed,
        }.FirstOrDefault(o => parsed.GetResult(o) is not null) is { } stray)
            throw new ConfigurationException($"{stray.Name} is for sampling, and the likeliest translations are looked for; add "
                + "--sample or leave it out");
        return configured with
        {
            Search = search,
            Beam = parsed.GetValue(_beam) ?? configured.Beam,
            BestCount = parsed.GetValue(_best) ?? 1,
            LengthPenalty = parsed.GetValue(_lengthPenalty) ?? configured.LengthPenalty,
            CoveragePenalty = parsed.GetValue(_coveragePenalty) ?? configured.CoveragePenalty,
            MinLength = parsed.GetValue(_minLength) ?? configured.MinLength,
            MaxLength = parsed.GetValue(_maxLength) ?? configured.MaxLength,
            NoRepeatNgram = parsed.GetValue(_noRepeatNgram) ?? configured.NoRepeatNgram,
            ReplaceUnknown = parsed.GetValue(_replaceUnknown) || dictionary is not null || configured.ReplaceUnknown,
            Dictionary = dictionary ?? configured.Dictionary,
            Temperature = parsed.GetValue(_temperature) ?? configured.Temperature,
            TopK = parsed.GetValue(_topK) ?? configured.TopK,
            TopP = parsed.GetValue(_topP) ?? configured.TopP,
            Seed = parsed.GetValue(_seed) ?? configured.Seed,
            BatchSize = parsed.GetValue(_batch) ?? configured.BatchSize,
        };
    }
}
