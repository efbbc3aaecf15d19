using System.CommandLine;
using DistSeq2Seq.Configuration;
using DistSeq2Seq.Model.Data.Tokenizers;
using DistSeq2Seq.Model.Decoding;

namespace DistSeq2Seq.Cli;

/// <summary>The option <c>--to</c> of verbs that use a model of several target languages.</summary>
internal sealed class TargetLanguage
{
    private readonly Option<string?> _to = new("--to")
    {
        Description = "Target language of a model that has several (data.train.tag): its tag is put before every line.",
        HelpName = "TAG",
    };

    /// <summary>Adds it to a verb.</summary>
    public void AddTo(Command command) => command.Add(_to);

    /// <summary>The tag to put before every line; empty without the option.</summary>
    /// <exception cref="ConfigurationException">The model was not trained with that tag.</exception>
    public string TagFor(ParseResult parsed, TranslationModel model)
    {
        if (parsed.GetValue(_to) is not { } name)
            return "";
        string[] known = [.. SplitCorpora.Of(model.Configuration.Data.Train, "data.train").Select(part => part.Tag)
            .Where(tag => tag.Length > 0).Distinct().Order(StringComparer.Ordinal)];
        if (known.Length == 0)
            throw new ConfigurationException($"--to is {name}, but {model.CheckpointPath} was trained without tags (data.train.tag); "
                + "leave --to out");
        return known.Contains(name)
            ? LanguageTag.Of(name)
            : throw new ConfigurationException($"--to is {name}, and {model.CheckpointPath} knows {string.Join(", ", known)} "
                + "(data.train.tag); give one of them");
    }
}
