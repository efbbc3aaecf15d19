using Grpc.Core;
using Grpc.Core.Internal;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;
using Microsoft.Extensions.Logging;

namespace Grpc.AspNetCore.Server.Internal;

/// <summary>Handles the HTTP requests of one method.</summary>
/// <param name="method">The method.</param>
/// <param name="options">The limits.</param>
/// <param name="logger">Where errors of the method go.</param>
/// <param name="invoke">
/// Reads what the kind of call needs, runs the method on a service and writes what it returns.
/// </param>
internal sealed class MethodHandler<TService, TRequest, TResponse>(
    Method<TRequest, TResponse> method,
    GrpcServiceOptions options,
    ILogger logger,
    Func<TService, ServerCall<TRequest, TResponse>, Task> invoke)
    where TService : class
    where TRequest : class
    where TResponse : class
{
    public async Task HandleAsync(HttpContext http)
    {
        if (!IsGrpc(http))
            return;

        http.Response.ContentType = WireNames.ContentType;
        http.Response.Headers[WireNames.AcceptEncoding] = WireNames.SupportedEncodings;
        if (method.Type is MethodType.ClientStreaming or MethodType.DuplexStreaming)
            LiftLimits(http);

        await using var context = new HttpCallContext(http, options, logger);
        Exception? thrown = null;
        try
        {
            await using var activation = new ServiceActivation<TService>(http.RequestServices);
            var call = new ServerCall<TRequest, TResponse>(http, context, method, options);
            try
            {
                await invoke(activation.Service, call);
            }
            finally
            {
                call.Close();
            }
        }
        catch (Exception exception)
        {
            thrown = exception;
        }

        await context.EndAsync(thrown);
    }

    private static bool IsGrpc(HttpContext http)
    {
        if (!WireNames.IsGrpc(http.Request.ContentType))
        {
            http.Response.StatusCode = StatusCodes.Status415UnsupportedMediaType;
            TrailerWriter.SetStatus(http.Response, new Status(
                StatusCode.Internal,
                $"Content-Type '{http.Request.ContentType}' is not supported; gRPC sends application/grpc."));
            return false;
        }

        if (HttpProtocol.IsHttp2(http.Request.Protocol))
            return true;

        http.Response.StatusCode = StatusCodes.Status426UpgradeRequired;
        http.Response.Headers.Upgrade = "HTTP/2";
        TrailerWriter.SetStatus(http.Response, new Status(
            StatusCode.Internal, $"Request protocol '{http.Request.Protocol}' is not supported; gRPC needs HTTP/2."));
        return false;
    }

    /// <summary>A stream of requests may be slow, and of any length.</summary>
    private static void LiftLimits(HttpContext http)
    {
        if (http.Features.Get<IHttpMinRequestBodyDataRateFeature>() is { } rate)
            rate.MinDataRate = null;
        if (http.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } size)
            size.MaxRequestBodySize = null;
    }
}
