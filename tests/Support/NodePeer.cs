using Xunit;

namespace DistSeq2Seq.Tests.Support;

/// <summary>Node with @grpc/grpc-js, installed once beside the built tests, as its lock file says.</summary>
public sealed class NodePeer
{
    private static readonly string Folder = Path.Combine(AppContext.BaseDirectory, "interop");

    /// <summary>Installs the packages unless they are there. Skips the test where node or npm is missing.</summary>
    public async Task PrepareAsync()
    {
        foreach (var program in new[] { "node", "npm" })
            Assert.SkipUnless(Tool.Exists(program), $"{program} is not on this machine's PATH; install Node.js 20 or later.");

        var lockFile = Path.Combine(Folder, "package-lock.json");
        var installed = Path.Combine(Folder, "node_modules", ".installed");
        if (File.Exists(installed) && File.ReadAllText(installed) == File.ReadAllText(lockFile))
            return;

        await Tool.RunAsync("npm", ["ci", "--no-audit", "--no-fund"], Folder);
        File.Copy(lockFile, installed, overwrite: true);
    }

    /// <summary>Runs a script to its end and returns what it printed.</summary>
    public Task<string> RunAsync(string script, params string[] arguments) => Tool.RunAsync("node", [script, .. arguments], Folder);
}
