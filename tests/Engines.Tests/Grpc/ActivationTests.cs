using Grpc.Core;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace DistSeq2Seq.Engines.Tests.Grpc;

/// <summary>Which instance of a service handles a call, and calls that end at any moment.</summary>
public sealed class ActivationTests
{
    [Fact]
    public async Task MapGrpcService_NotRegistered_NewInstanceForEachCallDisposedAfterIt()
    {
        var counter = new Counter();
        await using ProbeServer server = await ProbeServer.StartAsync(
            services: services => services.AddSingleton(counter),
            service: application => application.MapGrpcService<CountingService>());

        for (int call = 1; call <= 3; call++)
            Assert.Equal(call, (await server.Client.SayAsync(new Ask())).Number);

        // The answer leaves after the service was disposed.
        Assert.Equal(3, counter.Disposed);
    }

    [Fact]
    public async Task MapGrpcService_RegisteredSingleton_OneInstanceForAllCalls()
    {
        var counter = new Counter();
        await using ProbeServer server = await ProbeServer.StartAsync(
            services: services => services.AddSingleton(counter).AddSingleton<CountingService>(),
            service: application => application.MapGrpcService<CountingService>());

        for (int call = 1; call <= 3; call++)
            Assert.Equal(1, (await server.Client.SayAsync(new Ask())).Number);

        Assert.Equal(0, counter.Disposed);
    }

    [Fact]
    public async Task Duplex_DisposedAtAnyMoment_EveryCallEndsAndTheChannelGoesOn()
    {
        await using ProbeServer server = await ProbeServer.StartAsync();

        await Parallel.ForAsync(0, 200, async (i, _) =>
        {
            AsyncDuplexStreamingCall<Ask, Answer> call = server.Client.Echo();
            Task conversation = ConverseAsync(call);
            for (int spin = 0; spin < i % 20; spin++)
                await Task.Yield();
            call.Dispose();
            Exception? end = await Record.ExceptionAsync(() => conversation);

            Assert.True(end is null or RpcException or ObjectDisposedException or InvalidOperationException, $"{end}");
            Assert.Contains(call.GetStatus().StatusCode, new[] { StatusCode.OK, StatusCode.Cancelled });
        });

        Assert.Equal("hi", (await server.Client.SayAsync(new Ask { Text = "hi" })).Text);
    }

    [Fact]
    public async Task Dispose_ServerKeepsWriting_ItsWriteFailsAndItStops()
    {
        await using ProbeServer server = await ProbeServer.StartAsync();

        AsyncServerStreamingCall<Answer> call = server.Client.Count(new Ask { Text = "flood", Count = int.MaxValue });
        Assert.True(await call.ResponseStream.MoveNext());
        call.Dispose();

        await server.Log.Cancelled;
    }

    private static async Task ConverseAsync(AsyncDuplexStreamingCall<Ask, Answer> call)
    {
        for (int i = 0; i < 5; i++)
        {
            await call.RequestStream.WriteAsync(new Ask { Count = i });
            Assert.True(await call.ResponseStream.MoveNext());
            Assert.Equal(i, call.ResponseStream.Current.Number);
        }

        await call.RequestStream.CompleteAsync();
        Assert.False(await call.ResponseStream.MoveNext());
    }

    public sealed class Counter
    {
        public int Made;
        public int Disposed;
    }

    public sealed class CountingService(Counter counter) : Probe.ProbeBase, IAsyncDisposable
    {
        private readonly int _number = Interlocked.Increment(ref counter.Made);

        public override Task<Answer> Say(Ask request, ServerCallContext context) =>
            Task.FromResult(new Answer { Number = _number });

        public ValueTask DisposeAsync()
        {
            Interlocked.Increment(ref counter.Disposed);
            return default;
        }
    }
}
