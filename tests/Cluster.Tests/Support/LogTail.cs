namespace DistSeq2Seq.Cluster.Tests.Support;

/// <summary>The ends of logs, for messages of failed tests: a whole log would bury the rest of the message.</summary>
internal static class LogTail
{
    /// <summary>Lines that a message quotes of each log.</summary>
    public const int Lines = 20;

    /// <summary>A process's last lines.</summary>
    /// <param name="process">Which, and what became of it.</param>
    /// <param name="output">What it wrote to standard output.</param>
    /// <param name="error">What it wrote to standard error.</param>
    public static string Of(string process, string output, string error) =>
        $"--- {process}; its last lines:\n{Of(output)}{(error.Length == 0 ? "" : $"on standard error:\n{Of(error)}")}";

    /// <summary>The last lines of all log files of a run folder, where the processes that <c>train</c> starts write.</summary>
    public static string OfFolder(string runFolder)
    {
        var logs = Path.Combine(runFolder, "logs");
        return !Directory.Exists(logs)
            ? $"--- no logs in {runFolder}\n"
            : string.Concat(Directory.GetFiles(logs).Order().Select(file => Of(Path.GetFileName(file), ReadShared(file), "")));
    }

    private static string Of(string text)
    {
        var lines = text.TrimEnd('\n').Split('\n');
        var cut = lines.Length - Lines;
        return (cut > 0 ? $"({cut} lines before these)\n" : "") + string.Join('\n', lines.TakeLast(Lines)) + "\n";
    }

    // Its writer may still be at work.
    private static string ReadShared(string path)
    {
        using var reader = new StreamReader(new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete));
        return reader.ReadToEnd();
    }
}
