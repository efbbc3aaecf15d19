using System.Diagnostics;
using DistSeq2Seq.Cluster.Tests.Support;
using DistSeq2Seq.Model.Checkpoints.Folders;
using Xunit;

namespace DistSeq2Seq.Cluster.Tests.Chaos;

/// <summary>
/// Checkpoints whose writer dies, whose disk is full, whose files are damaged: the newest valid one is taken, none is half visible.
/// </summary>
public sealed class CheckpointTortureTests(QuietRun quiet, ITestOutputHelper output) : IClassFixture<QuietRun>
{
    [Fact]
    public async Task Kill_EverythingAtPointsOfWriting_NoneIsHalfVisibleAndTheNewestValidOneIsTaken()
    {
        using var run = new ChaosRun(quiet, OneMachine.New(), ChaosRun.Endless, min: 1, max: 1, "checkpoints.every=5") { Pace = 5 };
        run.StartWorkers(1);
        var watch = new CheckpointWatch(run.Folder);
        var writing = await watch.MeasureAsync(run);
        var points = LongVariant.Times(2, 50);
        for (var point = 0; point < points; point++)
        {
            await watch.UntilWritingAsync(run);
            // The points spread over the time that writing takes, and a little beyond: renaming and clearing up belong to it.
            var begun = Stopwatch.GetTimestamp();
            var moment = writing * (1.2 * (point + run.Random.NextDouble()) / points);
            SpinWait.SpinUntil(() => Stopwatch.GetElapsedTime(begun) >= moment);
            run.Coordinator.Kill();
            run.Workers[^1].Kill();

            var left = watch.Unfinished();
            var newest = AssertAllWhole(run.Folder);
            output.WriteLine($"killed {moment.TotalMilliseconds:F1} of {writing.TotalMilliseconds:F1} ms into writing; "
                + $"unfinished: {left?.Describe() ?? "nothing"}; newest whole one: step {newest}");
            run.StartCoordinator();
            run.StartWorkers(1);
            await run.UntilAsync(() => run.Coordinator.Output.Contains($"workers go on from step {newest}\n", StringComparison.Ordinal),
                $"it goes on from step {newest}");
            Assert.False(left is not null && Directory.Exists(left.Path), $"{left?.Path} is still there\n{run.Describe()}");
        }

        output.WriteLine($"as the quiet run: {await run.AssertStopsAsQuietAsync()}");
    }

    [Fact]
    public async Task Damage_TruncatedFlippedAndMissing_EachIsNamedAndTheNewestWholeOneIsTaken()
    {
        using var run = new ChaosRun(quiet, OneMachine.New(), ChaosRun.Endless, min: 1, max: 1, "checkpoints.keep_last=10") { Pace = 5 };
        run.StartWorkers(1);
        await run.UntilAsync(() => new CheckpointStore(run.Folder).List().Count >= 4, "four checkpoints");
        run.Coordinator.Kill();
        run.Workers[0].Kill();
        var list = new CheckpointStore(run.Folder).List();
        var (truncated, flipped, missing, whole) = (list[^1], list[^2], list[^3], list[^4]);
        Truncate(Path.Combine(truncated.Path, "optimizer.safetensors"));
        Flip(Path.Combine(flipped.Path, "model.safetensors"), run.Random);
        File.Delete(Path.Combine(missing.Path, "config.yaml"));
        run.Note($"checkpoints are damaged: of step {truncated.Step} cut short, of {flipped.Step} a bit flipped, of {missing.Step} without "
            + "its configuration");

        run.StartCoordinator();
        run.StartWorkers(1);
        await run.UntilAsync(() => run.Coordinator.Output.Contains($"workers go on from step {whole.Step}\n", StringComparison.Ordinal),
            $"it goes on from step {whole.Step}");

        var named = run.Coordinator.Output.Split('\n').Where(line => line.Contains("damaged checkpoint", StringComparison.Ordinal))
            .ToArray();
        Assert.Equal(3, named.Length);
        AssertNames(named[0], truncated, "optimizer.safetensors");
        AssertNames(named[1], flipped, "model.safetensors");
        AssertNames(named[2], missing, "config.yaml");
        await run.UntilAsync(() => new CheckpointStore(run.Folder).NewestValid()?.Step > truncated.Step,
            "checkpoints beyond the damaged ones");
        output.WriteLine($"damaged: steps {truncated.Step}, {flipped.Step}, {missing.Step}; went on from {whole.Step}; as the quiet "
            + $"run: {await run.AssertStopsAsQuietAsync()}");
    }

    [Fact]
    public async Task Full_DiskOfTheCheckpoints_TrainingGoesOnAndSavesAgainOnceThereIsRoom()
    {
        using var run = new ChaosRun(quiet, OneMachine.New(), ChaosRun.Endless, min: 1, max: 1) { Pace = 5 };
        using var disk = SmallDisk.MountOrSkip(Path.Combine(run.Folder, "checkpoints"), megabytes: 16);
        run.StartWorkers(1);
        await run.UntilAsync(() => new CheckpointStore(run.Folder).NewestValid() is not null, "a first checkpoint");
        disk.Fill();
        run.Note("the disk of the checkpoints is full");
        await run.UntilAsync(() => run.Coordinator.Output.Contains("could not be written", StringComparison.Ordinal), "a checkpoint fails");

        var failure = run.Coordinator.Output.Split('\n').First(line => line.Contains("could not be written", StringComparison.Ordinal));
        Assert.Contains("No space left on device", failure, StringComparison.Ordinal);
        Assert.Contains("See that the disk has room", failure, StringComparison.Ordinal);
        var newest = AssertAllWhole(run.Folder);
        await run.UntilStepAsync(run.Steps + 40); // past the next one due
        Assert.Equal(newest, AssertAllWhole(run.Folder));

        disk.Free();
        run.Note("the disk of the checkpoints has room again");
        await run.UntilAsync(() => new CheckpointStore(run.Folder).NewestValid()?.Step > newest, "a newer checkpoint");
        output.WriteLine($"{failure}; as the quiet run: {await run.AssertStopsAsQuietAsync()}");
    }

    /// <summary>Reads every checkpoint that has a name to its last byte.</summary>
    /// <returns>The newest one's step; 0 for none.</returns>
    private static long AssertAllWhole(string folder)
    {
        var store = new CheckpointStore(folder);
        var steps = store.List();
        foreach (var checkpoint in steps)
            store.Load(checkpoint.Path).Dispose(); // throws for one that is not whole
        return steps.Count == 0 ? 0 : steps[^1].Step;
    }

    private static void AssertNames(string line, CheckpointInfo checkpoint, string file)
    {
        Assert.Contains(checkpoint.Path, line, StringComparison.Ordinal);
        Assert.Contains(file, line, StringComparison.Ordinal);
    }

    private static void Truncate(string path)
    {
        using var file = File.OpenWrite(path);
        file.SetLength(file.Length * 2 / 3);
    }

    private static void Flip(string path, Random random)
    {
        var bytes = File.ReadAllBytes(path);
        // Behind the header of the file, where no reader but a hash sees it.
        bytes[random.Next(bytes.Length / 2, bytes.Length)] ^= (byte)(1 << random.Next(8));
        File.WriteAllBytes(path, bytes);
    }
}
