using System.Diagnostics;
using System.Globalization;

namespace DistSeq2Seq.Bench.Runs;

/// <summary>A process with those that it started, and theirs; from Linux's /proc.</summary>
internal static class ProcessTree
{
    /// <summary>Processor time of those that are there, user and kernel.</summary>
    public static double ProcessorSeconds(int root)
    {
        var children = Parents().ToLookup(p => p.Parent, p => p.Process);
        double Of(int process) => Own(process) + children[process].Sum(Of);
        return Of(root);
    }

    private static double Own(int id)
    {
        try
        {
            using var process = Process.GetProcessById(id);
            return process.TotalProcessorTime.TotalSeconds;
        }
        catch (Exception e) when (e is ArgumentException or InvalidOperationException)
        {
            return 0; // it has just ended
        }
    }

    /// <summary>Every process of the machine and who started it.</summary>
    private static IEnumerable<(int Process, int Parent)> Parents()
    {
        foreach (var folder in Directory.EnumerateDirectories("/proc"))
        {
            if (!int.TryParse(Path.GetFileName(folder), CultureInfo.InvariantCulture, out var process))
                continue;
            string stat;
            try
            {
                stat = File.ReadAllText(Path.Combine(folder, "stat"));
            }
            catch (IOException)
            {
                continue; // it has just ended
            }

            // "id (name) state parent …": the name may hold anything.
            yield return (process, int.Parse(stat[(stat.LastIndexOf(')') + 2)..].Split(' ')[1], CultureInfo.InvariantCulture));
        }
    }
}
