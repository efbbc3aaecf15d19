using System.Globalization;
using System.Runtime.CompilerServices;

namespace DistSeq2Seq.Tests.Support;

internal static class InvariantTexts
{
    /// <summary>The first lines of the program, for the processes of tests.</summary>
    [ModuleInitializer]
    internal static void Set() => CultureInfo.DefaultThreadCurrentCulture = CultureInfo.DefaultThreadCurrentUICulture =
        CultureInfo.InvariantCulture;
}
