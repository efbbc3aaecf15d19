using System.Text.Json;
using System.Text.Json.Nodes;
using DistSeq2Seq.Cluster.Tests.Support;
using DistSeq2Seq.Coordinator.Hosting;
using DistSeq2Seq.Coordinator.RunFolders;
using DistSeq2Seq.Tests.Support;
using Xunit;

namespace DistSeq2Seq.Cluster.Tests;

/// <summary>A gRPC client that nobody here wrote (@grpc/grpc-js) calls a real coordinator's status and health services.</summary>
public sealed class ForeignClientTests(NodePeer node) : IClassFixture<NodePeer>
{
    [Fact]
    public async Task NodeClient_RunningCoordinator_StatusAndHealth()
    {
        await node.PrepareAsync();
        using var run = new TinyRun();
        using var coordinator = ProgramRunner.Start("coordinator", run.ConfigurationPath);
        var path = Path.Combine(run.RunFolder, "coordinator.json");
        await Patience.UntilAsync(() => File.Exists(path),
            () => LogTail.Of($"coordinator (process {coordinator.Id})", coordinator.Output, coordinator.Error));
        var endpoints = JsonSerializer.Deserialize<CoordinatorEndpoints>(await File.ReadAllTextAsync(path))!;

        var seen = JsonNode.Parse(await node.RunAsync(
            "monitor.js", Path.Combine(AppContext.BaseDirectory, "protos"), new Uri(endpoints.Grpc).Authority))!;

        Assert.Equal(run.RunFolder, (string?)seen["status"]!["run_folder"]);
        Assert.Equal("waiting", (string?)seen["status"]!["state"]);
        Assert.Equal(4, (int)seen["status"]!["micro_batches"]!);
        Assert.Equal((string?)seen["status"]!["run_id"], (string?)seen["watched"]!["run_id"]);
        Assert.Equal("SERVING", (string?)seen["process"]!["status"]);
        Assert.Equal("SERVING", (string?)seen["monitor"]!["status"]);
        Assert.Equal("SERVING", (string?)seen["watchedHealth"]!["status"]);
        Assert.Equal(5, (int)seen["unknown"]!["code"]!); // NOT_FOUND
    }
}
