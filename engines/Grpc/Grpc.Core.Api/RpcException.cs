namespace Grpc.Core;

/// <summary>
/// A call that did not end with <see cref="StatusCode.OK"/>. Thrown to callers; thrown by a server method, it sets the
/// status and adds trailers.
/// </summary>
public class RpcException : Exception
{
    /// <summary>An exception without trailers.</summary>
    /// <param name="status">The call's status.</param>
    public RpcException(Status status) : this(status, Metadata.Empty, status.ToString())
    {
    }

    /// <summary>An exception without trailers and with its own message.</summary>
    /// <param name="status">The call's status.</param>
    /// <param name="message">The exception's message; it does not travel.</param>
    public RpcException(Status status, string message) : this(status, Metadata.Empty, message)
    {
    }

    /// <summary>An exception with trailers.</summary>
    /// <param name="status">The call's status.</param>
    /// <param name="trailers">The call's trailers.</param>
    public RpcException(Status status, Metadata trailers) : this(status, trailers, status.ToString())
    {
    }

    /// <summary>An exception with trailers and its own message.</summary>
    /// <param name="status">The call's status.</param>
    /// <param name="trailers">The call's trailers.</param>
    /// <param name="message">The exception's message; it does not travel.</param>
    public RpcException(Status status, Metadata trailers, string message) : base(message, status.DebugException)
    {
        ArgumentNullException.ThrowIfNull(trailers);
        Status = status;
        Trailers = trailers;
    }

    /// <summary>The call's status.</summary>
    public Status Status { get; }

    /// <summary>The status' code.</summary>
    public StatusCode StatusCode => Status.StatusCode;

    /// <summary>The call's trailers; empty when none came.</summary>
    public Metadata Trailers { get; }
}
