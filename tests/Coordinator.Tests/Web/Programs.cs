namespace DistSeq2Seq.Coordinator.Tests.Web;

/// <summary>Programs that a machine may have or not.</summary>
internal static class Programs
{
    /// <summary>The program's path, or null where PATH has none of this name.</summary>
    public static string? Find(string name) => (Environment.GetEnvironmentVariable("PATH") ?? "")
        .Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
        .Select(folder => Path.Combine(folder, name)).FirstOrDefault(File.Exists);
}
