using Grpc.Core;
using Grpc.Core.Internal;

namespace Grpc.Net.Client.Internal;

/// <summary>
/// One call: an HTTP/2 request whose body carries the requests and whose response carries the responses.
/// </summary>
internal sealed class GrpcCall<TRequest, TResponse> : IDisposable
    where TRequest : class
    where TResponse : class
{
    private readonly GrpcChannel _channel;
    private readonly Method<TRequest, TResponse> _method;
    private readonly CallOptions _options;
    private static readonly Status NoMessage = new(
        StatusCode.Internal, "Failed to deserialize response message: the server sent OK, and no message.");

    private readonly TaskCompletionSource<Metadata> _headers = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource<TResponse> _response =
        new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly bool _oneResponse;

    public GrpcCall(GrpcChannel channel, Method<TRequest, TResponse> method, CallOptions options)
    {
        _channel = channel;
        _method = method;
        _options = options;
        _oneResponse = method.Type is MethodType.Unary or MethodType.ClientStreaming;
        Lifetime = new CallLifetime(channel, method, options);
        Messages = new MessageReader<TResponse>(
            method.ResponseMarshaller.ContextualDeserializer, channel.MaxReceiveMessageSize);
        Reader = new ClientStreamReader<TResponse>(Lifetime, Messages);
        Writer = new ClientStreamWriter<TRequest>(
            Lifetime, method.RequestMarshaller.ContextualSerializer, channel.MaxSendMessageSize, options.WriteOptions);
    }

    public CallLifetime Lifetime { get; }

    public ClientStreamWriter<TRequest> Writer { get; }

    public ClientStreamReader<TResponse> Reader { get; }

    /// <summary>The one response of a unary or client-streaming call.</summary>
    public Task<TResponse> Response => _response.Task;

    public Task<Metadata> Headers => _headers.Task;

    private MessageReader<TResponse> Messages { get; }

    /// <param name="request">The one request; null when they come through <see cref="Writer"/>.</param>
    public void Start(TRequest? request)
    {
        var message = new HttpRequestMessage(HttpMethod.Post, new Uri(_channel.Address, _method.FullName))
        {
            Version = System.Net.HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Content = new RequestContent<TRequest>(Writer, request),
        };
        AddHeaders(message);

        // Few look at the headers' task; an error in it is reported through the response, too.
        Observe(_headers.Task);
        Lifetime.Watch();
        _ = RunAsync(message);
    }

    public void Dispose()
    {
        Lifetime.Dispose();

        // Whoever disposes a call need not look at its response.
        Observe(_response.Task);
    }

    /// <summary>Keeps an error in a task that nobody awaits from being reported as unobserved.</summary>
    private static void Observe(Task task) => task.ContinueWith(
        static failed => _ = failed.Exception,
        CancellationToken.None,
        TaskContinuationOptions.OnlyOnFaulted | TaskContinuationOptions.ExecuteSynchronously,
        TaskScheduler.Default);

    private void AddHeaders(HttpRequestMessage message)
    {
        message.Headers.TryAddWithoutValidation("User-Agent", "grpc-dotnet-bundled/1.0");
        message.Headers.TryAddWithoutValidation("TE", "trailers");
        message.Headers.TryAddWithoutValidation(WireNames.AcceptEncoding, WireNames.SupportedEncodings);
        foreach (Metadata.Entry entry in _options.Headers ?? Metadata.Empty)
        {
            if (entry.Key != WireNames.Timeout)
                message.Headers.TryAddWithoutValidation(entry.Key, HeaderValues.ToHeader(entry));
        }

        if (_options.Deadline is { } deadline && deadline != DateTime.MaxValue)
            message.Headers.TryAddWithoutValidation(WireNames.Timeout, Timeouts.Encode(deadline - DateTime.UtcNow));
    }

    private async Task RunAsync(HttpRequestMessage message)
    {
        try
        {
            Lifetime.Aborted.ThrowIfCancellationRequested();
            HttpResponseMessage response = await _channel.SendAsync(message, Lifetime.Aborted).ConfigureAwait(false);
            Lifetime.Attach(response);
            Metadata headers = ResponseHead.MetadataOf(response.Headers);
            Status? early = ResponseHead.EarlyStatus(response, out bool fromServer);
            _headers.TrySetResult(headers);
            if (early is { } known)
                EndEarly(known, fromServer ? headers : null);
            else if (_oneResponse)
                await ReadResponseAsync(response).ConfigureAwait(false);
            else
                Reader.Open(response);
        }
        catch (Exception exception)
        {
            Status status = TransportErrors.ToStatus("Error starting gRPC call.", exception, Lifetime);
            Lifetime.TryEnd(status, trailers: null, abort: true);
            Fail();
        }
    }

    /// <summary>The status came with the headers, so there is no message.</summary>
    private void EndEarly(Status status, Metadata? trailers)
    {
        if (_oneResponse && status.StatusCode == StatusCode.OK)
            status = NoMessage;

        Lifetime.TryEnd(status, trailers, abort: trailers is null);
        Fail();
    }

    private async Task ReadResponseAsync(HttpResponseMessage response)
    {
        Stream stream = await response.Content.ReadAsStreamAsync(Lifetime.Aborted).ConfigureAwait(false);
        string? encoding = ResponseHead.EncodingOf(response);
        TResponse? message = await Messages.ReadAsync(stream, encoding, Lifetime.Aborted).ConfigureAwait(false);
        if (message is not null)
            await Messages.ExpectEndAsync(stream, Lifetime.Aborted).ConfigureAwait(false);

        Status status = ResponseHead.FinalStatus(response);
        if (message is null && status.StatusCode == StatusCode.OK)
            status = NoMessage;

        Lifetime.TryEnd(status, ResponseHead.MetadataOf(response.TrailingHeaders), abort: false);

        // Another end, such as the deadline, may have come first; then it holds.
        if (Lifetime.GetStatus().StatusCode == StatusCode.OK)
            _response.TrySetResult(message!);
        else
            Fail();
    }

    /// <summary>Hands the final status to everyone who waits.</summary>
    private void Fail()
    {
        RpcException exception = Lifetime.CreateException();
        _headers.TrySetException(exception);
        _response.TrySetException(exception);
        Reader.Open(response: null);
    }
}
