using System.ComponentModel;
using System.Diagnostics;
using System.Text.Json.Nodes;
using DistSeq2Seq.Cli.Launch;
using Xunit;

namespace DistSeq2Seq.Cli.Tests.Kubernetes;

/// <summary>Runs the machine's <c>kubectl kustomize</c>, where that is new enough for components.</summary>
internal static class KubectlKustomize
{
    /// <summary>
    /// Builds a folder below deploy/k8s, or any other by its full path; skips the running test without a kubectl of 1.21
    /// or newer, whose kustomize is the first with components.
    /// </summary>
    public static IReadOnlyList<KubernetesObject> BuildOrSkip(string folder)
    {
        var version = Run("version", "--client", "--output=json");
        Assert.SkipWhen(version is null, "kubectl is not on PATH");
        var client = JsonNode.Parse(version.Value.Output)!["clientVersion"]!;
        var minor = int.Parse(client["minor"]!.GetValue<string>().TrimEnd('+'));
        Assert.SkipWhen(client["major"]!.GetValue<string>() == "1" && minor < 21,
            $"kubectl is {client["gitVersion"]}; its kustomize has no components before 1.21");
        var path = Path.Combine(ReferenceFolder.Repository, "deploy", "k8s", folder);
        var built = Run("kustomize", path)!.Value;
        Assert.True(built.Code == 0, built.Error);
        return [.. YamlReader.Read(built.Output, "kubectl kustomize").Select(node => new KubernetesObject(node.AsObject()))];
    }

    private static (int Code, string Output, string Error)? Run(params string[] arguments)
    {
        var start = new ProcessStartInfo("kubectl", arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        try
        {
            using var process = Process.Start(start)!;
            var error = process.StandardError.ReadToEndAsync();
            var output = process.StandardOutput.ReadToEnd();
            process.WaitForExit();
            return (process.ExitCode, output, error.Result);
        }
        catch (Win32Exception)
        {
            return null;
        }
    }
}
