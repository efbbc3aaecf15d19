using Microsoft.Extensions.DependencyInjection;

namespace Grpc.AspNetCore.Server.Internal;

/// <summary>A service for one call: the registered one, or one made for the call and disposed after it.</summary>
internal sealed class ServiceActivation<TService> : IAsyncDisposable
    where TService : class
{
    private static readonly Lazy<ObjectFactory<TService>> Factory =
        new(() => ActivatorUtilities.CreateFactory<TService>([]));
    private readonly bool _made;

    public ServiceActivation(IServiceProvider services)
    {
        TService? registered = services.GetService<TService>();
        _made = registered is null;
        Service = registered ?? Factory.Value(services, []);
    }

    public TService Service { get; }

    public async ValueTask DisposeAsync()
    {
        if (!_made)
            return;
        if (Service is IAsyncDisposable asynchronous)
            await asynchronous.DisposeAsync();
        else if (Service is IDisposable disposable)
            disposable.Dispose();
    }
}
