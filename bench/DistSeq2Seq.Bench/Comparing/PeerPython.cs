using System.Diagnostics;

namespace DistSeq2Seq.Bench.Comparing;

/// <summary>Finds a Python that has PyTorch.</summary>
internal static class PeerPython
{
    /// <summary>What to install where there is none.</summary>
    public const string Package = "python3-torch";

    /// <summary>The system's own before whatever is first on the path; null where neither has PyTorch.</summary>
    public static string? Find() => ((IEnumerable<string>)["/usr/bin/python3", "python3"]).FirstOrDefault(HasTorch);

    private static bool HasTorch(string python)
    {
        try
        {
            using var process = Process.Start(new ProcessStartInfo(python, ["-c", "import torch.distributed"]) { RedirectStandardError = true })!;
            process.StandardError.ReadToEnd();
            process.WaitForExit();
            return process.ExitCode == 0;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return false; // there is no such program
        }
    }
}
