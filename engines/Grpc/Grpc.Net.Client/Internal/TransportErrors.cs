using System.Net.Sockets;
using Grpc.Core;
using Grpc.Core.Internal;

namespace Grpc.Net.Client.Internal;

/// <summary>What an exception of the transport means for a call.</summary>
internal static class TransportErrors
{
    public static Status ToStatus(string summary, Exception exception, CallLifetime lifetime)
    {
        if (exception is RpcException known)
            return known.Status;
        if (exception is OperationCanceledException or ObjectDisposedException)
            return new Status(StatusCode.Cancelled, "", exception);

        StatusCode code = CodeOf(exception);

        // A server that sees the deadline first resets the stream; that is the deadline, not a cancellation.
        if (code == StatusCode.Cancelled && lifetime.IsPastDeadline)
            code = StatusCode.DeadlineExceeded;
        return new Status(code, $"{summary} {ErrorText.Of(exception)}", exception);
    }

    private static StatusCode CodeOf(Exception exception)
    {
        bool connectionFailed = false;
        for (Exception? current = exception; current is not null; current = current.InnerException)
        {
            if (current is HttpProtocolException protocol)
                return CodeOf(protocol.ErrorCode);
            connectionFailed |= current is SocketException or IOException;
        }

        return connectionFailed ? StatusCode.Unavailable : StatusCode.Internal;
    }

    /// <summary>The codes of HTTP/2 resets as the protocol maps them (grpc/doc/PROTOCOL-HTTP2.md, Errors).</summary>
    private static StatusCode CodeOf(long http2Error) => http2Error switch
    {
        0x7 => StatusCode.Unavailable, // REFUSED_STREAM
        0x8 => StatusCode.Cancelled, // CANCEL
        0xb => StatusCode.ResourceExhausted, // ENHANCE_YOUR_CALM
        0xc => StatusCode.PermissionDenied, // INADEQUATE_SECURITY
        _ => StatusCode.Internal,
    };
}
