using System.ComponentModel;
using System.Diagnostics;
using Xunit;

namespace DistSeq2Seq.Tests.Support;

/// <summary>Node with @grpc/grpc-js, installed once beside the built tests, as its lock file says.</summary>
public sealed class NodePeer
{
    private static readonly string Folder = Path.Combine(AppContext.BaseDirectory, "interop");

    /// <summary>Installs the packages unless they are there. Skips the test where node or npm is missing.</summary>
    public async Task PrepareAsync()
    {
        foreach (string program in new[] { "node", "npm" })
        {
            Assert.SkipUnless(
                await ExistsAsync(program), $"{program} is not on this machine's PATH; install Node.js 20 or later.");
        }

        string lockFile = Path.Combine(Folder, "package-lock.json");
        string installed = Path.Combine(Folder, "node_modules", ".installed");
        if (File.Exists(installed) && File.ReadAllText(installed) == File.ReadAllText(lockFile))
            return;

        using Process npm = Start("npm", "ci", "--no-audit", "--no-fund");
        await FinishAsync(npm);
        File.Copy(lockFile, installed, overwrite: true);
    }

    /// <summary>Runs a script to its end and returns what it printed.</summary>
    public async Task<string> RunAsync(string script, params string[] arguments)
    {
        using Process process = Start("node", [script, .. arguments]);
        return await FinishAsync(process);
    }

    /// <summary>Starts a script; it ends when its input is closed.</summary>
    public Process StartScript(string script, params string[] arguments) => Start("node", [script, .. arguments]);

    private static async Task<bool> ExistsAsync(string program)
    {
        try
        {
            using Process process = Start(program, "--version");
            await FinishAsync(process);
            return true;
        }
        catch (Win32Exception)
        {
            return false;
        }
    }

    private static async Task<string> FinishAsync(Process process)
    {
        // Both at once, or a full pipe would hold the process up.
        Task<string> errors = process.StandardError.ReadToEndAsync();
        string output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        Assert.True(process.ExitCode == 0, $"exit code {process.ExitCode}: {output}\n{await errors}");
        return output;
    }

    private static Process Start(string program, params string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            WorkingDirectory = Folder,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        return Process.Start(start)!;
    }
}
