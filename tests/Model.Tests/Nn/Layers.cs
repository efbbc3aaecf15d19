using DistSeq2Seq.Model.Nn.Kernels;
using Xunit;

namespace DistSeq2Seq.Model.Tests.Nn;

/// <summary>Which layers the models of a test run.</summary>
public enum LayerChoice
{
    /// <summary>Tensor operations.</summary>
    Plain,

    /// <summary>The fused CPU kernels.</summary>
    Fused,

    /// <summary>Tensor operations, with the masks that the kernel for dropout draws.</summary>
    PlainWithFusedMasks,
}

/// <summary>Makes the choice for this thread until it is disposed of.</summary>
internal readonly struct Layers : IDisposable
{
    private Layers(LayerChoice choice) =>
        (FusedKernels.PlainOnThisThread, FusedKernels.MasksOnThisThread) = (choice != LayerChoice.Fused,
            choice == LayerChoice.PlainWithFusedMasks);

    /// <summary>Chooses; skips the test where the kernels are asked for and not there.</summary>
    public static Layers Use(LayerChoice choice)
    {
        Assert.SkipWhen(choice != LayerChoice.Plain && !FusedKernels.AreAvailable,
            "the fused kernels are not built or switched off (DISTSEQ2SEQ_KERNELS)");
        return new Layers(choice);
    }

    /// <summary>Each value with plain layers and with the kernels.</summary>
    public static TheoryData<T, LayerChoice> With<T>(IEnumerable<T> values)
    {
        var data = new TheoryData<T, LayerChoice>();
        foreach (var value in values)
        {
            data.Add(value, LayerChoice.Plain);
            data.Add(value, LayerChoice.Fused);
        }

        return data;
    }

    public void Dispose() => (FusedKernels.PlainOnThisThread, FusedKernels.MasksOnThisThread) = (false, false);
}
