using System.Diagnostics;
using System.Text.Json.Nodes;
using Google.Protobuf;
using Grpc.Core;
using Grpc.Net.Client;
using DistSeq2Seq.Tests.Support;
using Xunit;

namespace DistSeq2Seq.Engines.Tests.Grpc;

/// <summary>Against the npm package @grpc/grpc-js, a client and a server that nobody here wrote.</summary>
public sealed class InteropTests(NodePeer node) : IClassFixture<NodePeer>
{
    private static readonly string Proto = Path.Combine(AppContext.BaseDirectory, "Grpc", "protos", "probe.proto");

    [SkippableFact]
    public async Task NodeClient_EveryKindOfCall_OurServerAnswers()
    {
        await node.PrepareAsync();
        await using ProbeServer server = await ProbeServer.StartAsync();

        JsonNode seen = JsonNode.Parse(await node.RunAsync("client.js", Proto, server.Address.Authority))!;

        Assert.Equal("""{"text":"hello","number":0,"length":5}""", seen["unary"]!["answer"]!.ToJsonString());
        Assert.Equal(0, Code(seen, "unary"));
        Assert.Equal("""{"text":"packed","number":100000,"length":0}""", seen["gzip"]!["answer"]!.ToJsonString());
        Assert.Equal("""["header"]""", seen["metadata"]!["first"]!.ToJsonString());
        Assert.Equal("""["from node"]""", seen["metadata"]!["trailer"]!.ToJsonString());
        Assert.Equal("""["0080ff"]""", seen["metadata"]!["bytes"]!.ToJsonString());
        Assert.Equal((int)StatusCode.FailedPrecondition, Code(seen, "refused"));
        Assert.Equal("nicht möglich: 50 %\n→", (string?)seen["refused"]!["details"]);
        Assert.Equal("""["test"]""", seen["refused"]!["why"]!.ToJsonString());
        Assert.Equal((int)StatusCode.DeadlineExceeded, Code(seen, "deadline"));
        Assert.Equal((int)StatusCode.Cancelled, Code(seen, "cancelled"));
        Assert.Equal("""{"code":0,"text":"a,b,c","number":600000}""", seen["collect"]!.ToJsonString());
        Assert.Equal("[1,2,3,4]", seen["count"]!["numbers"]!.ToJsonString());
        Assert.Equal("""["4"]""", seen["count"]!["counted"]!.ToJsonString());
        Assert.Equal("[1,2]", seen["countRefused"]!["numbers"]!.ToJsonString());
        Assert.Equal((int)StatusCode.ResourceExhausted, Code(seen, "countRefused"));
        Assert.Equal(
            Enumerable.Range(0, 20).Select(i => $"{i}"),
            seen["echo"]!["texts"]!.AsArray().Select(text => (string?)text));
        Assert.Equal(4_000_000, (int)seen["echo"]!["bytes"]!);
        Assert.Equal((int)StatusCode.Unimplemented, Code(seen, "unknown"));
        await server.Log.Cancelled;
    }

    [SkippableFact]
    public async Task NodeServer_EveryKindOfCall_OurClientUnderstands()
    {
        await node.PrepareAsync();
        using Process process = node.StartScript("server.js", Proto);
        try
        {
            string? line = await process.StandardOutput.ReadLineAsync();
            Assert.StartsWith("port ", line);
            using GrpcChannel channel = GrpcChannel.ForAddress($"http://127.0.0.1:{line![5..]}");
            var client = new Probe.ProbeClient(channel);

            await CheckUnaryAsync(client, process);
            await CheckStreamsAsync(client);
        }
        finally
        {
            process.StandardInput.Close();
            await process.WaitForExitAsync();
        }
    }

    private static async Task CheckUnaryAsync(Probe.ProbeClient client, Process process)
    {
        Answer answer = await client.SayAsync(
            new Ask { Text = "hello", Count = 50_000, Payload = ByteString.CopyFromUtf8("abc") });
        Assert.Equal("hello", answer.Text);
        Assert.Equal(3, answer.Number);
        Assert.Equal(50_000, answer.Payload.Length);

        using AsyncUnaryCall<Answer> call = client.SayAsync(
            new Ask { Text = "metadata" },
            new Metadata { { "echo-text", "from here" }, { "echo-bin", [0, 128, 255] } });
        await call;
        Assert.Equal("header", (await call.ResponseHeadersAsync).GetValue("first"));
        Assert.Equal("from here", call.GetTrailers().GetValue("echo-text"));
        Assert.Equal([0, 128, 255], call.GetTrailers().GetValueBytes("echo-bin")!);

        RpcException refused = await Assert.ThrowsAsync<RpcException>(
            () => client.SayAsync(new Ask { Text = "refuse" }).ResponseAsync);
        Assert.Equal(StatusCode.FailedPrecondition, refused.StatusCode);
        Assert.Equal("nicht möglich: 50 %", refused.Status.Detail);
        Assert.Equal("test", refused.Trailers.GetValue("why"));

        DateTime soon = DateTime.UtcNow.AddMilliseconds(300);
        RpcException late = await Assert.ThrowsAsync<RpcException>(
            () => client.SayAsync(new Ask { Text = "wait" }, deadline: soon).ResponseAsync);
        Assert.Equal(StatusCode.DeadlineExceeded, late.StatusCode);
        Assert.Equal("cancelled", await process.StandardOutput.ReadLineAsync());
    }

    private static async Task CheckStreamsAsync(Probe.ProbeClient client)
    {
        using AsyncClientStreamingCall<Ask, Answer> collect = client.Collect();
        ByteString payload = ByteString.CopyFrom(new byte[100_000]);
        foreach (string text in new[] { "a", "b", "c" })
            await collect.RequestStream.WriteAsync(new Ask { Text = text, Payload = payload });
        await collect.RequestStream.CompleteAsync();
        Answer collected = await collect;
        Assert.Equal("a,b,c", collected.Text);
        Assert.Equal(300_000, collected.Number);

        using AsyncServerStreamingCall<Answer> count = client.Count(new Ask { Count = 4 });
        Assert.Equal(
            [1, 2, 3, 4], await count.ResponseStream.ReadAllAsync().Select(answer => answer.Number).ToListAsync());
        Assert.Equal("4", count.GetTrailers().GetValue("counted"));

        using AsyncServerStreamingCall<Answer> broken = client.Count(new Ask { Count = 1, Text = "refuse" });
        RpcException refused = await Assert.ThrowsAsync<RpcException>(
            async () => await broken.ResponseStream.ReadAllAsync().CountAsync());
        Assert.Equal(StatusCode.ResourceExhausted, refused.StatusCode);

        using AsyncDuplexStreamingCall<Ask, Answer> echo = client.Echo();
        for (int i = 0; i < 20; i++)
        {
            await echo.RequestStream.WriteAsync(new Ask { Count = i, Payload = payload });
            Assert.True(await echo.ResponseStream.MoveNext());
            Assert.Equal(i, echo.ResponseStream.Current.Number);
            Assert.Equal(payload.Length, echo.ResponseStream.Current.Payload.Length);
        }

        await echo.RequestStream.CompleteAsync();
        Assert.False(await echo.ResponseStream.MoveNext());
    }

    private static int Code(JsonNode seen, string call) => (int)seen[call]!["code"]!;
}
