using DistSeq2Seq.Configuration;
using DistSeq2Seq.Model.Data;
using DistSeq2Seq.Model.Data.Batching;
using DistSeq2Seq.Model.Nn;
using DistSeq2Seq.Model.Training;

namespace DistSeq2Seq.Model.Tests.Decoding;

/// <summary>Networks of random weights, large enough to make some tokens much likelier than others.</summary>
internal static class TinyModels
{
    public static Seq2SeqModel Create(AttentionKind attention, int vocabulary, ulong seed, double scale = 1)
    {
        var isDot = attention is AttentionKind.Dot or AttentionKind.ScaledDot;
        return Create(
            new ModelConfiguration
            {
                EmbeddingSize = 6,
                Attention = attention,
                Encoder = new EncoderConfiguration { HiddenSize = 5, Layers = 2, Bidirectional = !isDot },
                Decoder = new DecoderConfiguration { HiddenSize = isDot ? 5 : 7, Layers = 2 },
            },
            vocabulary,
            seed,
            scale);
    }

    public static Seq2SeqModel Create(ModelConfiguration configuration, int vocabulary, ulong seed, double scale = 1)
    {
        var model = new Seq2SeqModel(configuration, vocabulary, vocabulary);
        model.eval();
        // The flat array stays alive through the parameters' storage.
        var parameters = new FlatParameters(model);
        var random = new DeterministicRandom(seed);
        for (var i = 0; i < parameters.Values.Length; i++)
            parameters.Values[i] = (float)(((random.Below(2001) / 1000.0) - 1) * scale);
        return model;
    }

    public static int[] Sentence(DeterministicRandom random, int vocabulary, int length) =>
        [.. Enumerable.Range(0, length).Select(_ => Vocabulary.SpecialCount + random.Below(vocabulary - Vocabulary.SpecialCount))];
}
