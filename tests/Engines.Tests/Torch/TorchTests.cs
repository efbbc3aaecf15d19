using TorchSharp;
using Xunit;

namespace DistSeq2Seq.Engines.Tests.Torch;

/// <summary>Torch tests run one at a time: they share the process's generator and its counts.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class TorchTests
{
    internal const string Name = "torch";
}

/// <summary>A dispose scope around each test.</summary>
[Collection(TorchTests.Name)]
public abstract class ScopedTorchTest : IDisposable
{
    private readonly DisposeScope _scope = torch.NewDisposeScope();

    public void Dispose()
    {
        _scope.Dispose();
        GC.SuppressFinalize(this);
    }
}
