using Grpc.Core;

namespace Grpc.Net.Client.Internal;

/// <summary>Starts calls over a channel's HTTP handler.</summary>
internal sealed class HttpCallInvoker(GrpcChannel channel) : CallInvoker
{
    public override TResponse BlockingUnaryCall<TRequest, TResponse>(
        Method<TRequest, TResponse> method, string? host, CallOptions options, TRequest request)
    {
        using AsyncUnaryCall<TResponse> call = AsyncUnaryCall(method, host, options, request);
        return call.ResponseAsync.GetAwaiter().GetResult();
    }

    public override AsyncUnaryCall<TResponse> AsyncUnaryCall<TRequest, TResponse>(
        Method<TRequest, TResponse> method, string? host, CallOptions options, TRequest request)
    {
        GrpcCall<TRequest, TResponse> call = Start(method, options, request);
        return new AsyncUnaryCall<TResponse>(
            call.Response, call.Headers, call.Lifetime.GetStatus, call.Lifetime.GetTrailers, call.Dispose);
    }

    public override AsyncServerStreamingCall<TResponse> AsyncServerStreamingCall<TRequest, TResponse>(
        Method<TRequest, TResponse> method, string? host, CallOptions options, TRequest request)
    {
        GrpcCall<TRequest, TResponse> call = Start(method, options, request);
        return new AsyncServerStreamingCall<TResponse>(
            call.Reader, call.Headers, call.Lifetime.GetStatus, call.Lifetime.GetTrailers, call.Dispose);
    }

    public override AsyncClientStreamingCall<TRequest, TResponse> AsyncClientStreamingCall<TRequest, TResponse>(
        Method<TRequest, TResponse> method, string? host, CallOptions options)
    {
        GrpcCall<TRequest, TResponse> call = Start(method, options, request: null);
        return new AsyncClientStreamingCall<TRequest, TResponse>(
            call.Writer, call.Response, call.Headers, call.Lifetime.GetStatus, call.Lifetime.GetTrailers, call.Dispose);
    }

    public override AsyncDuplexStreamingCall<TRequest, TResponse> AsyncDuplexStreamingCall<TRequest, TResponse>(
        Method<TRequest, TResponse> method, string? host, CallOptions options)
    {
        GrpcCall<TRequest, TResponse> call = Start(method, options, request: null);
        return new AsyncDuplexStreamingCall<TRequest, TResponse>(
            call.Writer, call.Reader, call.Headers, call.Lifetime.GetStatus, call.Lifetime.GetTrailers, call.Dispose);
    }

    /// <param name="method">The method.</param>
    /// <param name="options">The caller's options.</param>
    /// <param name="request">Null: the requests come through the call's writer.</param>
    private GrpcCall<TRequest, TResponse> Start<TRequest, TResponse>(
        Method<TRequest, TResponse> method, CallOptions options, TRequest? request)
        where TRequest : class
        where TResponse : class
    {
        var call = new GrpcCall<TRequest, TResponse>(channel, method, options);
        call.Start(request);
        return call;
    }
}
