using System.Text.Json;
using DistSeq2Seq.Cli.Launch;
using DistSeq2Seq.Cli.Tests.Kubernetes;
using DistSeq2Seq.Cluster.Tests.Support;
using DistSeq2Seq.Cluster.Tests.Support.Pods;
using DistSeq2Seq.Model.Data.Corpus;
using DistSeq2Seq.Protocol;
using Xunit;

namespace DistSeq2Seq.Cluster.Tests;

/// <summary>
/// What `launch` and `kubectl kustomize` render, started as real processes with exactly the rendered arguments and environment:
/// every pod in a network namespace of its own, with its own file system and the volumes of the manifest.
/// </summary>
public sealed class PodsTests
{
    private const int Steps = 20;

    private const string Configuration = """
        seed: 7
        data:
          format: tsv
          train: { path: train.tsv }
          valid: { path: valid.tsv }
          tokenizer: none
        model:
          embedding_size: 12
          encoder: { layers: 1, hidden_size: 10, bidirectional: true }
          decoder: { layers: 1, hidden_size: 14 }
          dropout: 0.3
        training:
          batch_tokens: 150
          micro_batches: 4
          max_epochs: 0
          max_steps: 20
        cluster:
          topology: sharded
        checkpoints: { every: 10 }
        """;

    [Fact]
    public async Task Launch_PodsAsProcesses_TrainFetchTheCorpusAndSurviveTheCoordinator()
    {
        NetworkNamespace.RequireOrSkip();
        using var corpus = new TinyRun();
        var objects = LaunchRenderer.Render(new LaunchOptions
        {
            Name = "tiny",
            Configuration = Configuration,
            Workers = 2,
            Image = "distseq2seq:test",
            DataClaim = "letters",
        });
        using var cluster = new PodCluster(objects, new Dictionary<string, string> { ["letters"] = corpus.Folder });

        // The workers first: what they look for has not even a name yet. They live, and are not ready.
        Pod[] workers = [cluster.Start("worker", 0), cluster.Start("worker", 1)];
        foreach (var worker in workers)
        {
            await worker.Probes.UntilGoodAsync("startupProbe", cluster.Logs);
            await worker.Probes.UntilGoodAsync("livenessProbe", cluster.Logs);
            Assert.Equal("NotServing", await worker.Probes.AskAsync("readinessProbe"));
        }

        var coordinator = cluster.Start("coordinator");
        await coordinator.Probes.UntilGoodAsync("startupProbe", cluster.Logs);
        await FinishedAsync(cluster, coordinator);
        foreach (var probe in PodProbes.Names)
            foreach (var pod in workers.Append(coordinator))
                Assert.Null(await pod.Probes.AskAsync(probe));

        var runFolder = Path.Combine(cluster.Volumes.Claimed(coordinator.Workload, "runs", 0), "tiny");
        var newest = corpus.Newest(runFolder);
        Assert.Equal(Steps, newest.Step);
        Assert.Equal(await DigestOnOneWorkerAsync(corpus), newest.ReplicaDigest);
        foreach (var worker in workers)
            AssertFetched(worker, Path.Combine(runFolder, "data"));

        coordinator.Kill();
        var again = cluster.Start("coordinator");
        Assert.NotEqual(coordinator.Host.Address, again.Host.Address);
        Assert.Equal(coordinator.Command.Arguments, again.Command.Arguments);
        await again.Probes.UntilGoodAsync("readinessProbe", cluster.Logs);
        await FinishedAsync(cluster, again);
        Assert.Equal(newest.WrittenAt, corpus.Newest(runFolder).WrittenAt);

        Pod[] all = [.. workers, again];
        Assert.DoesNotContain(all, pod => pod.HasExited);
        foreach (var pod in all)
            pod.Terminate();
        foreach (var pod in all)
            await cluster.AssertEndedAsync(pod, ExitCodes.Terminated);
    }

    [Fact]
    public async Task KubectlKustomize_PodsAsProcesses_TrainWithTheCommandsOfTheOverlay()
    {
        NetworkNamespace.RequireOrSkip();
        using var corpus = new TinyRun();
        using var overlay = new OverlayFolder(
            """
            resources: [../overlays/cpu]
            components: [../components/shared-volume]
            configMapGenerator: [{name: distseq2seq-config, behavior: merge, files: [config.yaml]}]
            """);
        overlay.Write("overlay/config.yaml",
            Configuration.Replace("format: tsv", "format: tsv\n  folder: /data").Replace("topology: sharded", "threads_per_worker: 2"));
        var objects = await KubectlKustomize.BuildOrSkipAsync(overlay.Path);
        using var cluster = new PodCluster(objects, new Dictionary<string, string> { ["corpora"] = corpus.Folder });

        // The coordinator first: it names a worker as a seed that is not there yet.
        var coordinator = cluster.Start("coordinator");
        await coordinator.Probes.UntilGoodAsync("readinessProbe", cluster.Logs);
        Pod[] pods = [coordinator, cluster.Start("worker", 0), cluster.Start("worker", 1)];
        await FinishedAsync(cluster, coordinator);

        Assert.Equal(Steps, corpus.Newest(Path.Combine(cluster.Volumes.Claimed(coordinator.Workload, "runs", 0), "distseq2seq")).Step);
        var published = await KubectlKustomize.BuildOrSkipAsync("overlays/cpu");
        foreach (var pod in pods)
        {
            var expected = PodProcess.Of(published, pod.Workload.Component!, pod.Ordinal, cluster.Space, pod.Host.Address.ToString());
            Assert.Equal(expected.Arguments, pod.Command.Arguments);
            Assert.Equal(expected.Environment, pod.Command.Environment);
        }
    }

    /// <summary>Waits until the coordinator says that the run is finished.</summary>
    private static async Task FinishedAsync(PodCluster cluster, Pod coordinator)
    {
        var end = DateTime.UtcNow + Patience.Long;
        JsonElement status;
        do
        {
            if (coordinator.ExitCode is { } code)
                Assert.Fail($"{coordinator.Name} ended with {Signals.DescribeExit(code)} before the run was finished\n{cluster.Logs()}");
            status = JsonDocument.Parse(await coordinator.Probes.GetTextAsync("/api/status")).RootElement;
            if (DateTime.UtcNow > end)
                throw new TimeoutException($"not within {Patience.Long}: the run is finished; the status is {status}\n{cluster.Logs()}");
            await Task.Delay(50);
        }
        while (status.GetProperty("state").GetString() != "finished");
        Assert.Equal(Steps, status.GetProperty("step").GetInt64());
    }

    /// <summary>The worker holds the coordinator's corpus, byte for byte, in its own volume and nowhere else.</summary>
    private static void AssertFetched(Pod worker, string prepared)
    {
        var folder = worker.Volumes.Single(mount => mount.Target == worker.Command.Option("--data")).Source;
        var fetched = Assert.Single(Directory.GetFileSystemEntries(folder), entry => !entry.EndsWith(".lock", StringComparison.Ordinal));
        Assert.Contains(PreparedFolder.ManifestFile, Directory.GetFiles(fetched).Select(Path.GetFileName));
        var files = Directory.GetFiles(prepared).Select(Path.GetFileName).Order(StringComparer.Ordinal);
        Assert.Equal(files, Directory.GetFiles(fetched).Select(Path.GetFileName).Order(StringComparer.Ordinal));
        Assert.All(files, file => Assert.Equal(File.ReadAllBytes(Path.Combine(prepared, file!)),
            File.ReadAllBytes(Path.Combine(fetched, file!))));
    }

    /// <summary>The same run by one worker on this machine's loopback.</summary>
    private static async Task<string> DigestOnOneWorkerAsync(TinyRun corpus)
    {
        var path = Path.Combine(corpus.Folder, "quiet.yaml");
        var runFolder = Path.Combine(corpus.Folder, "quiet");
        File.WriteAllText(path, Configuration);
        (await ProgramRunner.RunAsync(ProgramPlace.WithoutBlasSettings, "train", path, "--run", runFolder,
            "--workers", "1",
            "--set", $"data.folder={corpus.Folder}", "--set", "cluster.ports.akka=0", "--set", "cluster.ports.grpc=0", "--set",
            "cluster.ports.http=0")).Expect(ExitCodes.Success, runFolder);
        return corpus.Newest(runFolder).ReplicaDigest;
    }
}
