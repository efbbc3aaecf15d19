using DistSeq2Seq.Tests.Support.Scalars;
using Xunit;

namespace DistSeq2Seq.Cli.Tests;

/// <summary>The program's assemblies together (build/BannedSymbols.txt).</summary>
public sealed class ForbiddenCallsTests
{
    [Fact]
    public void Program_ComputesWithNoScalarThatCouldBeFreed()
    {
        var calls = ForbiddenCalls.Find(out var assemblies);
        Assert.True(assemblies >= 7, $"found {assemblies} assemblies in {AppContext.BaseDirectory}: expected those of the seven "
            + "projects of src");
        Assert.Empty(calls);
    }
}
