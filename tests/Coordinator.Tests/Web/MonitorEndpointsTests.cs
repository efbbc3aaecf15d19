using System.Net;
using System.Text.Json;
using DistSeq2Seq.Protocol.Monitoring;
using Google.Protobuf;
using Google.Protobuf.Reflection;
using Xunit;

namespace DistSeq2Seq.Coordinator.Tests.Web;

public sealed class MonitorEndpointsTests
{
    [Fact]
    public async Task Status_OfATraining_HasTheNamesOfTheProto()
    {
        await using var server = await MonitorServer.StartAsync(CannedStatus.Training());
        using var response = await server.Client.GetAsync("/api/status");
        Assert.Equal("application/json", response.Content.Headers.ContentType?.MediaType);
        Assert.True(response.Headers.CacheControl?.NoStore);
        var json = JsonDocument.Parse(await response.Content.ReadAsStringAsync()).RootElement;
        AssertNames(RunStatus.Descriptor, json);
        AssertNames(WorkerStatus.Descriptor, json.GetProperty("workers")[0]);
        AssertNames(ValidationPoint.Descriptor, json.GetProperty("validations")[0]);
        AssertNames(LossPoint.Descriptor, json.GetProperty("losses")[0]);
    }

    [Fact]
    public async Task Status_ReadByProtobuf_IsTheSameMessage()
    {
        var status = CannedStatus.Training();
        status.Loss = double.NaN;
        status.GradientNorm = double.PositiveInfinity;
        await using var server = await MonitorServer.StartAsync(status);
        Assert.Equal(status, JsonParser.Default.Parse<RunStatus>(await server.Client.GetStringAsync("/api/status")));
    }

    [Fact]
    public async Task Status_AfterAChange_IsTheNewOne()
    {
        await using var server = await MonitorServer.StartAsync(CannedStatus.Training(10));
        Assert.Contains("\"step\":10,", await server.Client.GetStringAsync("/api/status"));
        server.Source.Set(CannedStatus.Training(11));
        Assert.Contains("\"step\":11,", await server.Client.GetStringAsync("/api/status"));
    }

    [Fact]
    public async Task Health_WhileStarting_IsLiveAndNotReady()
    {
        await using var server = await MonitorServer.StartAsync(new RunStatus { State = RunStatus.Types.State.Starting });
        using var live = await server.Client.GetAsync("/healthz/live");
        using var ready = await server.Client.GetAsync("/healthz/ready");
        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.ServiceUnavailable), (live.StatusCode, ready.StatusCode));
        Assert.Equal("not ready: starting\n", await ready.Content.ReadAsStringAsync());
    }

    [Theory]
    [InlineData(RunStatus.Types.State.Waiting)]
    [InlineData(RunStatus.Types.State.Training)]
    [InlineData(RunStatus.Types.State.Finished)]
    public async Task Health_Later_IsReady(RunStatus.Types.State state)
    {
        await using var server = await MonitorServer.StartAsync(new RunStatus { State = state });
        using var ready = await server.Client.GetAsync("/healthz/ready");
        Assert.Equal(HttpStatusCode.OK, ready.StatusCode);
    }

    /// <summary>Every field of the message and no other.</summary>
    private static void AssertNames(MessageDescriptor message, JsonElement json) => Assert.Equal(
        message.Fields.InDeclarationOrder().Select(f => f.Name).Order(), json.EnumerateObject().Select(p => p.Name).Order());
}
