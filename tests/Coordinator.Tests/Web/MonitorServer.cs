using DistSeq2Seq.Coordinator.Services;
using DistSeq2Seq.Coordinator.Web;
using DistSeq2Seq.Protocol.Monitoring;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Logging;

namespace DistSeq2Seq.Coordinator.Tests.Web;

/// <summary>The monitoring endpoints on a free port of this machine, with a status that a test sets.</summary>
internal sealed class MonitorServer : IAsyncDisposable
{
    private readonly WebApplication _app;

    private MonitorServer(WebApplication app, StatusInHand source)
    {
        _app = app;
        Source = source;
        Client = new HttpClient { BaseAddress = Address, Timeout = TimeSpan.FromSeconds(60) };
    }

    public StatusInHand Source { get; }

    public HttpClient Client { get; }

    public Uri Address => new(_app.Urls.First());

    /// <param name="status">The first status.</param>
    /// <param name="port">Port; 0: a free one.</param>
    public static async Task<MonitorServer> StartAsync(RunStatus status, int port = 0)
    {
        var source = new StatusInHand(status);
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls($"http://127.0.0.1:{port}");
        var app = builder.Build();
        MonitorEndpoints.Map(app, source);
        await app.StartAsync();
        return new MonitorServer(app, source);
    }

    public Task StopAsync() => _app.StopAsync();

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await _app.DisposeAsync();
    }
}

/// <summary>A source whose status a test sets.</summary>
internal sealed class StatusInHand(RunStatus status) : IStatusSource
{
    private volatile RunStatus _status = status;
    private TaskCompletionSource _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public RunStatus Current => _status;

    public Task NextChange => Volatile.Read(ref _changed).Task;

    public void Set(RunStatus status)
    {
        _status = status;
        Interlocked.Exchange(ref _changed, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).SetResult();
    }
}
