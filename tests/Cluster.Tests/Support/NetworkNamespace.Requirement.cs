using Xunit;

namespace DistSeq2Seq.Cluster.Tests.Support;

internal sealed partial class NetworkNamespace
{
    /// <summary>Skips the running test where no namespaces can be made.</summary>
    public static void RequireOrSkip()
    {
        if (WhyNot() is { } reason)
            Assert.Skip(reason);
    }
}
