using System.Globalization;
using DistSeq2Seq.Configuration;
using DistSeq2Seq.Model.Checkpoints;
using DistSeq2Seq.Model.Checkpoints.Folders;

namespace DistSeq2Seq.Cli.Inspect;

/// <summary>The checkpoints of a run, a line each.</summary>
internal static class CheckpointsView
{
    /// <summary>Lists them, the oldest first.</summary>
    /// <param name="runFolder">The run.</param>
    /// <param name="verify">Read all of each and check every hash; otherwise states and sizes only.</param>
    /// <param name="output">Where to.</param>
    /// <param name="cancellation">Gives up between two checkpoints.</param>
    /// <returns>Whether all are intact.</returns>
    /// <exception cref="ConfigurationException">The folder holds no run.</exception>
    public static bool Show(string runFolder, bool verify, TextWriter output, CancellationToken cancellation)
    {
        var store = new CheckpointStore(runFolder);
        if (!Directory.Exists(store.Folder) && !File.Exists(Path.Combine(runFolder, "config.yaml")))
            throw new ConfigurationException($"{runFolder} holds no run: there is neither config.yaml nor checkpoints/; name a run folder "
                + "with --run");

        var intact = true;
        output.WriteLine($"{"step",12}  {"valid. loss",11}  {"digest",-16}  {"MB",9}  state");
        foreach (var checkpoint in store.List())
        {
            cancellation.ThrowIfCancellationRequested();
            var damage = checkpoint.Problem ?? (verify ? DamageOf(store, checkpoint.Path) : null);
            intact &= damage is null;
            var state = checkpoint.State;
            var loss = state?.ValidationHistory.LastOrDefault(v => v.Step == checkpoint.Step)?.Loss;
            output.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"{checkpoint.Step,12}  {(loss is null ? "-" : $"{loss:F4}"),11}  {Short(state?.ReplicaDigest),-16} "
                + $" {Megabytes(checkpoint.Path),9:F1}  {damage ?? (verify ? "intact" : "sizes agree")}"));
        }

        return intact;
    }

    private static string? DamageOf(CheckpointStore store, string path)
    {
        try
        {
            using var loaded = store.Load(path);
            return null;
        }
        catch (CheckpointException e)
        {
            return e.Message;
        }
    }

    private static string Short(string? digest) => digest is null ? "-" : digest[..Math.Min(16, digest.Length)];

    private static double Megabytes(string folder) =>
        Directory.Exists(folder) ? new DirectoryInfo(folder).EnumerateFiles().Sum(f => f.Length) / 1e6 : 0;
}
