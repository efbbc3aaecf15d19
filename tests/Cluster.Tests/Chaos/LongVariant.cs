using Xunit;

namespace DistSeq2Seq.Cluster.Tests.Chaos;

/// <summary>Whether tests run at full length (`./dist test --chaos`) or as the short selection that always runs.</summary>
internal static class LongVariant
{
    private const string Variable = "DISTSEQ2SEQ_CHAOS";

    public static bool IsOn { get; } = Environment.GetEnvironmentVariable(Variable) == "1";

    /// <summary>Skips the running test in the short selection: others of it inject like faults.</summary>
    public static void RequireOrSkip() => Assert.SkipUnless(IsOn, "at full length only: ./dist test --chaos");

    /// <summary>How often to inject a fault.</summary>
    public static int Times(int whenShort, int whenLong) => IsOn ? whenLong : whenShort;
}
