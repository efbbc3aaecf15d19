using Xunit;

namespace DistSeq2Seq.Cli.Tests.Kubernetes;

/// <summary>Finds the repository, and the reference values that tests compare with where a machine has them.</summary>
internal static class ReferenceFolder
{
    /// <summary>The repository's root: the nearest folder above the tests that holds the solution.</summary>
    public static string Repository { get; } = FindRepository();

    /// <summary>
    /// A file of the reference folder, which DISTSEQ2SEQ_REFERENCE names (by default shared/reference beside the
    /// repository); skips the running test where there is no such file.
    /// </summary>
    public static string FileOrSkip(string relative)
    {
        var folder = Environment.GetEnvironmentVariable("DISTSEQ2SEQ_REFERENCE");
        if (string.IsNullOrEmpty(folder))
            folder = Path.GetFullPath(Path.Combine(Repository, "..", "shared", "reference"));
        var path = Path.Combine(folder, relative);
        Assert.SkipUnless(File.Exists(path), $"{path} is absent; DISTSEQ2SEQ_REFERENCE names the folder that holds {relative}");
        return path;
    }

    private static string FindRepository()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
            if (File.Exists(Path.Combine(folder.FullName, "DistSeq2Seq.sln")))
                return folder.FullName;
        throw new InvalidOperationException($"No folder above {AppContext.BaseDirectory} holds DistSeq2Seq.sln");
    }
}
