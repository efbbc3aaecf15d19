using DistSeq2Seq.Configuration;

namespace DistSeq2Seq.Model.Decoding;

/// <summary>Checks of models that translate together.</summary>
internal static class Ensemble
{
    /// <summary>Checks that models have the same vocabularies and tokenizers.</summary>
    /// <exception cref="ConfigurationException">There is no model, or two models differ.</exception>
    public static void Require(IReadOnlyList<TranslationModel> models)
    {
        if (models.Count == 0)
            throw new ConfigurationException("there is no model to translate with; name at least one checkpoint");
        foreach (var model in models.Skip(1))
        {
            RequireEqual("source", models[0], model, m => m.Source);
            RequireEqual("target", models[0], model, m => m.Target);
        }
    }

    /// <summary>Whether any of the models has attention.</summary>
    public static bool HasAttention(IEnumerable<TranslationModel> models) =>
        models.Any(model => model.Configuration.Model.Attention != AttentionKind.None);

    private static void RequireEqual(string side, TranslationModel first, TranslationModel other,
        Func<TranslationModel, Data.Tokenizers.SentenceEncoder> encoder)
    {
        var (wanted, found) = (encoder(first), encoder(other));
        if (!wanted.Tokenizer.Options.Equals(found.Tokenizer.Options))
        {
            throw new ConfigurationException($"{other.CheckpointPath} cuts {side} text otherwise than {first.CheckpointPath} "
                + $"(tokenizer {found.Tokenizer.Options.Name} and {wanted.Tokenizer.Options.Name}); an ensemble needs models of one "
                + "prepared corpus");
        }

        if (!wanted.Vocabulary.Tokens.SequenceEqual(found.Vocabulary.Tokens))
        {
            throw new ConfigurationException($"{other.CheckpointPath} has another {side} vocabulary than {first.CheckpointPath} "
                + $"({found.Vocabulary.Count} and {wanted.Vocabulary.Count} tokens); an ensemble needs models of one prepared corpus");
        }
    }
}
