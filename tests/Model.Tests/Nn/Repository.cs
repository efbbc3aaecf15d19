using Xunit;

namespace DistSeq2Seq.Model.Tests.Nn;

/// <summary>Files of the repository that tests read.</summary>
internal static class Repository
{
    /// <summary>A path below the repository's root.</summary>
    public static string PathOf(params string[] parts)
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "DistSeq2Seq.sln")))
            folder = folder.Parent;
        Assert.True(folder is not null, $"no DistSeq2Seq.sln above {AppContext.BaseDirectory}");
        return Path.Combine([folder.FullName, .. parts]);
    }
}
