using DistSeq2Seq.Model.Data.Batching;
using DistSeq2Seq.Model.Nn;
using DistSeq2Seq.Model.Nn.Stepping;
using static TorchSharp.torch;

namespace DistSeq2Seq.Model.Training;

/// <summary>
/// Replaces some true words in the decoder's input by the decoder's own predictions (Bengio et al. 2015, algorithm of section 2.4).
/// <code>
///   input[0] := begin
///   for t = 1 … T − 1: predicted := likeliest word after input[0 … t − 1]
///                      input[t]  := predicted with the given probability, else the true word
/// </code>
/// No gradient flows through the choice of a word, so the inputs are chosen in a pass of their own, one step after the other and
/// without dropout; loss and gradient are then those of the whole sequence, as with teacher forcing.
/// </summary>
internal static class ScheduledSampling
{
    /// <summary>Keeps these random numbers apart from those of dropout's masks.</summary>
    private const ulong Stream = 0x5AED_C0135;

    /// <summary>Replaces inputs of a batch.</summary>
    /// <param name="model">Left in evaluation mode.</param>
    /// <param name="batch">At least one sentence; its decoder input is changed.</param>
    /// <param name="probability">Probability of replacing a word, above 0.</param>
    /// <param name="seed">Seed of the micro-batch: the random choices are a function of it, the position and the sentence.</param>
    public static void ReplaceInputs(Seq2SeqModel model, MicroBatchArrays batch, double probability, ulong seed)
    {
        using var noGradient = no_grad();
        model.eval();
        using var rows = new EnsembleRows([model], Sources(batch), withAttention: false);
        var coins = SeedMixer.Mix(seed, Stream);
        var tokens = batch.TargetInput[..batch.BatchSize].ToArray();
        for (var time = 1; time < batch.TargetLength; time++)
        {
            var predicted = rows.Step(tokens, 1);
            for (var sentence = 0; sentence < batch.BatchSize; sentence++)
            {
                if (time < batch.TargetLengths[sentence] && Uniform(coins, time, sentence) < probability)
                    batch.ReplaceInput(time, sentence, predicted.Token(0, sentence, 0));
            }

            tokens = batch.TargetInput.Slice(time * batch.BatchSize, batch.BatchSize).ToArray();
        }
    }

    /// <summary>A random number in [0, 1), with the 53 bits of a double.</summary>
    private static double Uniform(ulong coins, int time, int sentence) =>
        (SeedMixer.Mix(SeedMixer.Mix(coins, (ulong)time), (ulong)sentence) >> 11) * (1.0 / (1L << 53));

    private static int[][] Sources(MicroBatchArrays batch)
    {
        var sources = new int[batch.BatchSize][];
        for (var sentence = 0; sentence < sources.Length; sentence++)
        {
            // The end token is left out, because the rows add it again.
            sources[sentence] = new int[batch.SourceLengths[sentence] - 1];
            for (var time = 0; time < sources[sentence].Length; time++)
                sources[sentence][time] = (int)batch.Source[(time * batch.BatchSize) + sentence];
        }

        return sources;
    }
}
