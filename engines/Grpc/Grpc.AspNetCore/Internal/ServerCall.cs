using Grpc.Core;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Grpc.AspNetCore.Server.Internal;

/// <summary>One call: what the four kinds of methods read from and write to.</summary>
internal sealed class ServerCall<TRequest, TResponse>
    where TRequest : class
    where TResponse : class
{
    private const int Http2Cancel = 0x8;
    private readonly HttpCallContext _context;
    private readonly RequestReader<TRequest> _reader;
    private readonly ResponseWriter<TResponse> _writer;
    private readonly ServerStreamReader<TRequest> _requests;
    private readonly ServerStreamWriter<TResponse> _responses;

    public ServerCall(
        HttpContext http, HttpCallContext context, Method<TRequest, TResponse> method, GrpcServiceOptions options)
    {
        // Taken once: the HttpContext must not be asked again after the request, and a method may outlive it by a
        // little.
        CancellationToken aborted = http.RequestAborted;
        IHttpResetFeature? reset = http.Features.Get<IHttpResetFeature>();
        _context = context;
        _reader = new RequestReader<TRequest>(
            http, method.RequestMarshaller.ContextualDeserializer, options.MaxReceiveMessageSize);
        _writer = new ResponseWriter<TResponse>(
            http, method.ResponseMarshaller.ContextualSerializer, options.MaxSendMessageSize);
        _requests = new ServerStreamReader<TRequest>(_reader, aborted);
        _responses = new ServerStreamWriter<TResponse>(_writer, context, aborted, () => reset?.Reset(Http2Cancel));
    }

    public ServerCallContext Context => _context;

    public IAsyncStreamReader<TRequest> Requests => _requests;

    public IServerStreamWriter<TResponse> Responses => _responses;

    public ValueTask<TRequest> ReadRequestAsync() => _reader.ReadSingleAsync(CancellationToken.None);

    /// <exception cref="RpcException">The method returned null.</exception>
    public async Task WriteResponseAsync(TResponse? response)
    {
        if (response is null)
            throw new RpcException(new Status(StatusCode.Cancelled, "No message returned from method."));

        // After the deadline the response is closed, and a write to it would only fail. Without a flush here, message
        // and trailers leave together when the request ends.
        if (!_context.DeadlineExpired)
            await _writer.WriteAsync(response, CancellationToken.None);
    }

    /// <summary>Closes the streams to a method that goes on after it returned.</summary>
    public void Close()
    {
        _requests.Close();
        _responses.Close();
    }
}
