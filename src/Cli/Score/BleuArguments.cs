using System.CommandLine;
using DistSeq2Seq.Configuration;
using DistSeq2Seq.Model.Evaluation;

namespace DistSeq2Seq.Cli.Score;

/// <summary>How to compute BLEU, as options of a verb; those that are not given are as in sacreBLEU.</summary>
internal sealed class BleuArguments
{
    private readonly Option<string> _tokenize = new("--tokenize")
    {
        Description = "How BLEU cuts lines into tokens: 13a, char or none.",
        HelpName = "13a|char|none",
        DefaultValueFactory = _ => "13a",
    };
    private readonly Option<bool> _lowercase = new("--lowercase") { Description = "Ignore case." };
    private readonly Option<bool> _effectiveOrder = new("--effective-order")
    {
        Description = "Leave n-gram orders out of BLEU that the translations are too short for; scores of single lines always do.",
    };
    private readonly Option<string> _smoothing = new("--smoothing")
    {
        Description = "What BLEU does with an n-gram order without a match.",
        HelpName = "exp|none|floor|add-k",
        DefaultValueFactory = _ => "exp",
    };
    private readonly Option<double?> _value = new("--smoothing-value")
    {
        Description = "The value of floor (by default 0.1) or add-k (by default 1).",
        HelpName = "X",
    };

    /// <summary>Adds them to a verb.</summary>
    public void AddTo(Command command)
    {
        foreach (var option in new Option[] { _tokenize, _lowercase, _effectiveOrder, _smoothing, _value })
            command.Add(option);
    }

    /// <summary>The settings that the options give together.</summary>
    /// <exception cref="ConfigurationException">One has a value that it does not take.</exception>
    public BleuOptions Read(ParseResult parsed)
    {
        var options = new BleuOptions
        {
            Tokenization = Tokenization(parsed.GetRequiredValue(_tokenize)),
            Lowercase = parsed.GetValue(_lowercase),
            EffectiveOrder = parsed.GetValue(_effectiveOrder) ? true : null,
            Smoothing = Smoothing(parsed.GetRequiredValue(_smoothing)),
            SmoothingValue = parsed.GetValue(_value),
        };
        RequireValueFits(options);
        return options;
    }

    private static BleuTokenization Tokenization(string name)
    {
        try
        {
            return BleuTokenizer.Parse(name);
        }
        catch (ArgumentException)
        {
            throw new ConfigurationException($"--tokenize is '{name}'; choose 13a, char or none");
        }
    }

    private static BleuSmoothing Smoothing(string name) => name switch
    {
        "exp" => BleuSmoothing.Exponential,
        "none" => BleuSmoothing.None,
        "floor" => BleuSmoothing.Floor,
        "add-k" => BleuSmoothing.AddK,
        _ => throw new ConfigurationException($"--smoothing is '{name}'; choose exp, none, floor or add-k"),
    };

    private static void RequireValueFits(BleuOptions options)
    {
        if (options.SmoothingValue is not { } value)
            return;
        if (!double.IsFinite(value) || value < 0)
            throw new ConfigurationException(FormattableString.Invariant($"--smoothing-value is {value}; it must be 0 or more"));
        if (options.Smoothing is not (BleuSmoothing.Floor or BleuSmoothing.AddK))
            throw new ConfigurationException("--smoothing-value is for --smoothing floor and add-k; leave it out or choose one of them");
    }
}
