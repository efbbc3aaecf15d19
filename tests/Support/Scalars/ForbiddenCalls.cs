using System.Reflection;

namespace DistSeq2Seq.Tests.Support.Scalars;

/// <summary>
/// Calls of members that <c>build/BannedSymbols.txt</c> lists, in compiled code: the analyzer does not see the operator of a compound
/// assignment (<c>a += b</c>).
/// </summary>
internal static class ForbiddenCalls
{
    /// <summary>The one type that may make such calls.</summary>
    private const string Allowed = "DistSeq2Seq.Model.Nn.TensorArithmetic";

    /// <summary>Those in this project's assemblies beside the tests, a line each.</summary>
    /// <param name="assemblies">How many assemblies were looked at.</param>
    public static IReadOnlyList<string> Find(out int assemblies)
    {
        var own = Directory.EnumerateFiles(AppContext.BaseDirectory, "*.dll")
            .Where(file => Path.GetFileName(file).StartsWith("distseq2seq", StringComparison.OrdinalIgnoreCase))
            .Select(file => Assembly.Load(AssemblyName.GetAssemblyName(file))).ToArray();
        assemblies = own.Length;
        return
        [
            .. own.SelectMany(MethodCalls.MethodsOf)
                .Where(method => method.DeclaringType!.FullName != Allowed)
                .SelectMany(method => MethodCalls.Of(method).Where(ScalarMembers.All.Contains)
                    .Select(called => $"{method.DeclaringType}.{method.Name} calls {DocumentationId.Of(called)}")),
        ];
    }
}
