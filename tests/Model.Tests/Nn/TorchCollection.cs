using Xunit;

namespace DistSeq2Seq.Model.Tests.Nn;

/// <summary>
/// Tests that run tensors, one after the other and beside nothing else: libtorch's random generator, its number of threads and
/// the count of live tensors belong to the whole process.
/// </summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class TorchCollection
{
    public const string Name = "torch";
}
