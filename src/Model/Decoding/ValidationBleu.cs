using DistSeq2Seq.Model.Data;
using DistSeq2Seq.Model.Data.Corpus;
using DistSeq2Seq.Model.Data.Tokenizers;
using DistSeq2Seq.Model.Evaluation;
using DistSeq2Seq.Model.Training;

namespace DistSeq2Seq.Model.Decoding;

/// <summary>
/// BLEU of greedy translations of the validation split, piece by piece. The counts of a piece are a function of the replica and the
/// split. They are integers, so their sum does not depend on which process counted which piece.
/// </summary>
/// <param name="data">The prepared corpus, with a validation split.</param>
/// <param name="schedule">Which sentences a piece has.</param>
public sealed class ValidationBleu(PreparedFolder data, BatchSchedule schedule)
{
    /// <summary>Stands for an unknown token in references, so that an unknown token in the output does not match it.</summary>
    private const string UnknownReference = "\uFFFD";

    /// <summary>Fixed options: those of the run may change when it is resumed.</summary>
    private static readonly DecodingOptions Greedy = new() { Beam = 1 };

    private readonly SentenceEncoder _target = new(data.TargetTokenizer, data.TargetVocabulary);

    /// <summary>The counts of a piece, as <see cref="Bleu.Count"/> gives them.</summary>
    /// <param name="replica">Of the step to validate.</param>
    /// <param name="piece">From 0.</param>
    /// <param name="cancellation">Stops the work between two decoding steps.</param>
    public long[] Count(Replica replica, int piece, CancellationToken cancellation = default)
    {
        var corpus = data.ValidCorpus!;
        int[] sentences = [.. schedule.PieceSentences(piece)];
        DecoderInput[] inputs = [.. sentences.Select(sentence => new DecoderInput([.. corpus.Source(sentence)]))];
        var found = replica.Evaluate(model => BatchDecoder.Decode([model], inputs, Greedy, cancellation));
        return Bleu.Count(
            [.. found.Select(hypotheses => hypotheses.Count == 0 ? "" : _target.Decode(hypotheses[0].Tokens))],
            [.. sentences.Select(sentence => Reference(corpus.Target(sentence)))]);
    }

    private string Reference(ReadOnlySpan<int> ids)
    {
        var tokens = new List<string>(ids.Length);
        foreach (var id in ids)
            tokens.Add(id == Vocabulary.Unknown ? UnknownReference : _target.Vocabulary[id]);
        return _target.Tokenizer.Detokenize(tokens);
    }
}
