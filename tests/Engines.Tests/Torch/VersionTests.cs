using TorchSharp;
using Xunit;

namespace DistSeq2Seq.Engines.Tests.Torch;

public sealed class VersionTests
{
    [Fact]
    public void Version_OfLibtorch_HasAtLeastMajorMinorAndPatch() => Assert.Matches(@"^\d+\.\d+\.\d+", torch.__version__);
}
