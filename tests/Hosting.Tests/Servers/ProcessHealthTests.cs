using System.Net;
using DistSeq2Seq.Exchange;
using DistSeq2Seq.Hosting.Servers;
using Grpc.Core;
using Grpc.Health.V1;
using Grpc.Net.Client;
using Grpc.Reflection.V1Alpha;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Xunit;
using static Grpc.Health.V1.HealthCheckResponse.Types;

namespace DistSeq2Seq.Hosting.Tests.Servers;

/// <summary>A real server, asked over gRPC as a probe asks.</summary>
public sealed class ProcessHealthTests : IAsyncLifetime
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(1);

    private WebApplication _app = null!;
    private GrpcChannel _channel = null!;
    private volatile string? _whyNotReady = "no coordinator at 10.0.0.1:4053";

    public async ValueTask InitializeAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        GrpcServer.Configure(builder, IPAddress.Loopback, 0);
        builder.AddProcessHealth([ExchangeMethods.Service], () => _whyNotReady);
        _app = builder.Build();
        GrpcServer.MapCommonServices(_app);
        await _app.StartAsync();
        _channel = GrpcChannel.ForAddress(
            _app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single());
    }

    public async ValueTask DisposeAsync()
    {
        _channel.Dispose();
        await _app.DisposeAsync();
    }

    [Fact]
    public async Task Check_ProcessWithoutACoordinator_LivesButIsNotReady()
    {
        Assert.Equal(ServingStatus.Serving, await CheckAsync(""));
        Assert.Equal(ServingStatus.NotServing, await CheckAsync(ExchangeMethods.Service));
        _whyNotReady = null;
        Assert.Equal(ServingStatus.Serving, await CheckAsync(ExchangeMethods.Service));
    }

    [Fact]
    public async Task Check_ServiceThatThisProcessLacks_NotFound()
    {
        var refusal = await Assert.ThrowsAsync<RpcException>(() => CheckAsync("distseq2seq.monitor.Monitor"));
        Assert.Equal(StatusCode.NotFound, refusal.StatusCode);
    }

    [Fact]
    public async Task Watch_ProcessThatBecomesReady_SaysSo()
    {
        using var call = new Health.HealthClient(_channel).Watch(new HealthCheckRequest { Service = ExchangeMethods.Service },
            deadline: DateTime.UtcNow + Limit, cancellationToken: TestContext.Current.CancellationToken);
        await UntilAsync(call.ResponseStream, ServingStatus.NotServing);
        _whyNotReady = null;
        await UntilAsync(call.ResponseStream, ServingStatus.Serving);
    }

    [Fact]
    public async Task Reflection_ListServices_NamesThoseThatAreServed()
    {
        using var call = new ServerReflection.ServerReflectionClient(_channel).ServerReflectionInfo(
            deadline: DateTime.UtcNow + Limit, cancellationToken: TestContext.Current.CancellationToken);
        await call.RequestStream.WriteAsync(new ServerReflectionRequest { ListServices = "" }, TestContext.Current.CancellationToken);
        Assert.True(await call.ResponseStream.MoveNext(TestContext.Current.CancellationToken));
        Assert.Contains(call.ResponseStream.Current.ListServicesResponse.Service, service => service.Name == "grpc.health.v1.Health");
    }

    private async Task<ServingStatus> CheckAsync(string service) =>
        (await new Health.HealthClient(_channel).CheckAsync(new HealthCheckRequest { Service = service }, deadline: DateTime.UtcNow
            + Limit)).Status;

    private static async Task UntilAsync(IAsyncStreamReader<HealthCheckResponse> answers, ServingStatus wanted)
    {
        while (await answers.MoveNext(TestContext.Current.CancellationToken))
        {
            if (answers.Current.Status == wanted)
                return;
        }

        Assert.Fail($"the stream ended before the status was {wanted}");
    }
}
