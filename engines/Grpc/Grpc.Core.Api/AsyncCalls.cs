using System.Runtime.CompilerServices;

namespace Grpc.Core;

/// <summary>A call with one request and one response, under way. Await it for the response.</summary>
/// <typeparam name="TResponse">The response type.</typeparam>
public sealed class AsyncUnaryCall<TResponse>(
    Task<TResponse> responseAsync,
    Task<Metadata> responseHeadersAsync,
    Func<Status> getStatusFunc,
    Func<Metadata> getTrailersFunc,
    Action disposeAction) : IDisposable
{
    /// <summary>The response; fails with <see cref="RpcException"/>.</summary>
    public Task<TResponse> ResponseAsync => responseAsync;

    /// <summary>The headers that the server sent first.</summary>
    public Task<Metadata> ResponseHeadersAsync => responseHeadersAsync;

    /// <summary>Makes the call awaitable.</summary>
    public TaskAwaiter<TResponse> GetAwaiter() => responseAsync.GetAwaiter();

    /// <summary>Awaits the response with or without the current context.</summary>
    public ConfiguredTaskAwaitable<TResponse> ConfigureAwait(bool continueOnCapturedContext) =>
        responseAsync.ConfigureAwait(continueOnCapturedContext);

    /// <summary>The final status.</summary>
    /// <exception cref="InvalidOperationException">The call has not ended.</exception>
    public Status GetStatus() => getStatusFunc();

    /// <summary>The trailers.</summary>
    /// <exception cref="InvalidOperationException">The call has not ended.</exception>
    public Metadata GetTrailers() => getTrailersFunc();

    /// <summary>Cancels the call if it has not ended.</summary>
    public void Dispose() => disposeAction();
}

/// <summary>A call with many requests and one response, under way. Await it for the response.</summary>
/// <typeparam name="TRequest">The request type.</typeparam>
/// <typeparam name="TResponse">The response type.</typeparam>
public sealed class AsyncClientStreamingCall<TRequest, TResponse>(
    IClientStreamWriter<TRequest> requestStream,
    Task<TResponse> responseAsync,
    Task<Metadata> responseHeadersAsync,
    Func<Status> getStatusFunc,
    Func<Metadata> getTrailersFunc,
    Action disposeAction) : IDisposable
{
    /// <summary>The response; fails with <see cref="RpcException"/>.</summary>
    public Task<TResponse> ResponseAsync => responseAsync;

    /// <summary>The headers that the server sent first.</summary>
    public Task<Metadata> ResponseHeadersAsync => responseHeadersAsync;

    /// <summary>Where the requests go.</summary>
    public IClientStreamWriter<TRequest> RequestStream => requestStream;

    /// <summary>Makes the call awaitable.</summary>
    public TaskAwaiter<TResponse> GetAwaiter() => responseAsync.GetAwaiter();

    /// <summary>Awaits the response with or without the current context.</summary>
    public ConfiguredTaskAwaitable<TResponse> ConfigureAwait(bool continueOnCapturedContext) =>
        responseAsync.ConfigureAwait(continueOnCapturedContext);

    /// <summary>The final status.</summary>
    /// <exception cref="InvalidOperationException">The call has not ended.</exception>
    public Status GetStatus() => getStatusFunc();

    /// <summary>The trailers.</summary>
    /// <exception cref="InvalidOperationException">The call has not ended.</exception>
    public Metadata GetTrailers() => getTrailersFunc();

    /// <summary>Cancels the call if it has not ended.</summary>
    public void Dispose() => disposeAction();
}

/// <summary>A call with one request and many responses, under way.</summary>
/// <typeparam name="TResponse">The response type.</typeparam>
public sealed class AsyncServerStreamingCall<TResponse>(
    IAsyncStreamReader<TResponse> responseStream,
    Task<Metadata> responseHeadersAsync,
    Func<Status> getStatusFunc,
    Func<Metadata> getTrailersFunc,
    Action disposeAction) : IDisposable
{
    /// <summary>Where the responses come from.</summary>
    public IAsyncStreamReader<TResponse> ResponseStream => responseStream;

    /// <summary>The headers that the server sent first.</summary>
    public Task<Metadata> ResponseHeadersAsync => responseHeadersAsync;

    /// <summary>The final status.</summary>
    /// <exception cref="InvalidOperationException">The call has not ended.</exception>
    public Status GetStatus() => getStatusFunc();

    /// <summary>The trailers.</summary>
    /// <exception cref="InvalidOperationException">The call has not ended.</exception>
    public Metadata GetTrailers() => getTrailersFunc();

    /// <summary>Cancels the call if it has not ended.</summary>
    public void Dispose() => disposeAction();
}

/// <summary>A call with many requests and many responses, under way.</summary>
/// <typeparam name="TRequest">The request type.</typeparam>
/// <typeparam name="TResponse">The response type.</typeparam>
public sealed class AsyncDuplexStreamingCall<TRequest, TResponse>(
    IClientStreamWriter<TRequest> requestStream,
    IAsyncStreamReader<TResponse> responseStream,
    Task<Metadata> responseHeadersAsync,
    Func<Status> getStatusFunc,
    Func<Metadata> getTrailersFunc,
    Action disposeAction) : IDisposable
{
    /// <summary>Where the responses come from. Drain it while writing, or both sides wait on each other.</summary>
    public IAsyncStreamReader<TResponse> ResponseStream => responseStream;

    /// <summary>Where the requests go.</summary>
    public IClientStreamWriter<TRequest> RequestStream => requestStream;

    /// <summary>The headers that the server sent first.</summary>
    public Task<Metadata> ResponseHeadersAsync => responseHeadersAsync;

    /// <summary>The final status.</summary>
    /// <exception cref="InvalidOperationException">The call has not ended.</exception>
    public Status GetStatus() => getStatusFunc();

    /// <summary>The trailers.</summary>
    /// <exception cref="InvalidOperationException">The call has not ended.</exception>
    public Metadata GetTrailers() => getTrailersFunc();

    /// <summary>Cancels the call if it has not ended.</summary>
    public void Dispose() => disposeAction();
}
