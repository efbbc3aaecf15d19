using DistSeq2Seq.Tests.Support;

namespace DistSeq2Seq.Bench.Comparing;

/// <summary>Finds a Python that has PyTorch.</summary>
internal static class PeerPython
{
    /// <summary>What to install where there is none.</summary>
    public const string Package = "python3-torch";

    /// <summary>The system's own before whatever is first on the path; null where neither has PyTorch.</summary>
    public static string? Find() => ((IEnumerable<string>)["/usr/bin/python3", "python3"]).FirstOrDefault(HasTorch);

    private static bool HasTorch(string python) => Tool.TryAsync(python, ["-c", "import torch.distributed"]).GetAwaiter()
        .GetResult() is { IsSuccess: true };
}
