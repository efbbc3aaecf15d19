using System.CommandLine;
using TorchSharp;

namespace DistSeq2Seq.Bench.Members;

/// <summary>
/// libtorch's matrix products alone: those of the reference case's output layer (logits, and the gradients of input and weight), as
/// often as makes a training step's multiplications.
/// </summary>
internal static class ProductsMember
{
    private const int Times = 3;

    /// <summary>The hidden verb.</summary>
    public static Command Create() => MemberOptions.Alone("products-member", Run);

    private static Measurement Run(int warmup, int rounds)
    {
        using var features = torch.rand(ReferenceCase.Sentences * ReferenceCase.Length, ReferenceCase.Hidden);
        using var weight = torch.rand(ReferenceCase.Vocabulary, ReferenceCase.Hidden);
        using var logits = torch.rand(ReferenceCase.Sentences * ReferenceCase.Length, ReferenceCase.Vocabulary);
        using var turnedWeight = weight.t();
        using var turnedLogits = logits.t();
        void Multiply()
        {
            for (var time = 0; time < Times; time++)
            {
                features.mm(turnedWeight).Dispose();
                logits.mm(weight).Dispose();
                turnedLogits.mm(features).Dispose();
            }
        }

        return RoundTimer.Measure(warmup, rounds, Multiply);
    }
}
