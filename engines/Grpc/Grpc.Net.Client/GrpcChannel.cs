using Grpc.Core;
using Grpc.Net.Client.Internal;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Grpc.Net.Client;

/// <summary>
/// A way to reach one server over HTTP/2. Connections are opened on the first call and again when they break; a
/// channel is meant to live long and to be shared between threads.
/// </summary>
public sealed class GrpcChannel : ChannelBase, IDisposable
{
    private readonly HttpMessageInvoker _invoker;
    private readonly bool _ownsInvoker;
    private readonly HashSet<IDisposable> _activeCalls = [];
    private bool _disposed;

    private GrpcChannel(Uri address, GrpcChannelOptions options) : base(address.Authority)
    {
        Address = address;
        MaxSendMessageSize = options.MaxSendMessageSize;
        MaxReceiveMessageSize = options.MaxReceiveMessageSize;
        Logger = (options.LoggerFactory ?? NullLoggerFactory.Instance).CreateLogger<GrpcChannel>();
        _ownsInvoker = options.DisposeHttpClient || (options.HttpClient is null && options.HttpHandler is null);
        _invoker = options.HttpClient ?? new HttpMessageInvoker(
            options.HttpHandler ?? new SocketsHttpHandler { EnableMultipleHttp2Connections = true }, _ownsInvoker);
    }

    internal Uri Address { get; }

    internal int? MaxSendMessageSize { get; }

    internal int? MaxReceiveMessageSize { get; }

    internal ILogger Logger { get; }

    /// <summary>A channel with default options.</summary>
    /// <param name="address">Such as <c>http://localhost:5051</c>.</param>
    public static GrpcChannel ForAddress(string address) => ForAddress(address, new GrpcChannelOptions());

    /// <summary>A channel with options.</summary>
    /// <param name="address">Such as <c>http://localhost:5051</c>.</param>
    /// <param name="channelOptions">The options.</param>
    public static GrpcChannel ForAddress(string address, GrpcChannelOptions channelOptions)
    {
        ArgumentNullException.ThrowIfNull(address);
        return ForAddress(new Uri(address), channelOptions);
    }

    /// <summary>A channel with default options.</summary>
    /// <param name="address">Scheme, host and port.</param>
    public static GrpcChannel ForAddress(Uri address) => ForAddress(address, new GrpcChannelOptions());

    /// <summary>A channel with options.</summary>
    /// <param name="address">Scheme, host and port.</param>
    /// <param name="channelOptions">The options.</param>
    /// <exception cref="ArgumentException">
    /// The address is not http or https, or both a client and a handler are given.
    /// </exception>
    /// <exception cref="InvalidOperationException">The credentials do not fit the address' scheme.</exception>
    public static GrpcChannel ForAddress(Uri address, GrpcChannelOptions channelOptions)
    {
        ArgumentNullException.ThrowIfNull(address);
        ArgumentNullException.ThrowIfNull(channelOptions);
        if (!address.IsAbsoluteUri || (address.Scheme != Uri.UriSchemeHttp && address.Scheme != Uri.UriSchemeHttps))
        {
            throw new ArgumentException(
                $"The address '{address}' has to start with http:// or https://, as in http://localhost:5051.",
                nameof(address));
        }

        if (channelOptions.HttpClient is not null && channelOptions.HttpHandler is not null)
        {
            throw new ArgumentException(
                "GrpcChannelOptions has both HttpClient and HttpHandler; set only one of them.",
                nameof(channelOptions));
        }

        ChannelCredentials expected = address.Scheme == Uri.UriSchemeHttps
            ? ChannelCredentials.SecureSsl
            : ChannelCredentials.Insecure;
        if (channelOptions.Credentials is not null && channelOptions.Credentials != expected)
        {
            throw new InvalidOperationException(
                $"The channel's credentials do not fit the scheme of '{address}': " +
                "Insecure goes with http://, SecureSsl with https://.");
        }

        return new GrpcChannel(address, channelOptions);
    }

    /// <inheritdoc/>
    /// <exception cref="ObjectDisposedException">The channel is disposed.</exception>
    public override CallInvoker CreateCallInvoker()
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        return new HttpCallInvoker(this);
    }

    /// <summary>Cancels every call that is under way, and closes the connections if the channel owns them.</summary>
    public void Dispose()
    {
        IDisposable[] calls;
        lock (_activeCalls)
        {
            if (_disposed)
                return;
            _disposed = true;
            calls = [.. _activeCalls];
        }

        // Outside of the lock, for every call takes itself off the list.
        foreach (IDisposable call in calls)
            call.Dispose();
        if (_ownsInvoker)
            _invoker.Dispose();
    }

    internal void Register(IDisposable call)
    {
        lock (_activeCalls)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            _activeCalls.Add(call);
        }
    }

    internal void Unregister(IDisposable call)
    {
        lock (_activeCalls)
            _activeCalls.Remove(call);
    }

    /// <summary>Sends a request; ends when the response's headers are there.</summary>
    internal Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
        _invoker is HttpClient client
            ? client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken)
            : _invoker.SendAsync(request, cancellationToken);
}
