namespace Grpc.Core;

/// <summary>A status code with a message for people.</summary>
public struct Status
{
    /// <summary><see cref="StatusCode.OK"/> without a message.</summary>
    public static readonly Status DefaultSuccess = new(StatusCode.OK, "");

    /// <summary><see cref="StatusCode.Cancelled"/> without a message.</summary>
    public static readonly Status DefaultCancelled = new(StatusCode.Cancelled, "");

    /// <summary>A status that carries no local exception.</summary>
    /// <param name="statusCode">The code.</param>
    /// <param name="detail">The message; it travels with the code.</param>
    public Status(StatusCode statusCode, string detail) : this(statusCode, detail, null)
    {
    }

    /// <summary>A status with the local exception that caused it.</summary>
    /// <param name="statusCode">The code.</param>
    /// <param name="detail">The message; it travels with the code.</param>
    /// <param name="debugException">Never sent; for the reader of a log on this side.</param>
    public Status(StatusCode statusCode, string detail, Exception? debugException)
    {
        StatusCode = statusCode;
        Detail = detail;
        DebugException = debugException;
    }

    /// <summary>The code.</summary>
    public StatusCode StatusCode { get; }

    /// <summary>The message.</summary>
    public string Detail { get; }

    /// <summary>The local exception behind this status, when there is one.</summary>
    public Exception? DebugException { get; }

    /// <summary>Code, message and, when present, the local exception in one line.</summary>
    public override string ToString() => DebugException is null
        ? $"Status(StatusCode=\"{StatusCode}\", Detail=\"{Detail}\")"
        : $"Status(StatusCode=\"{StatusCode}\", Detail=\"{Detail}\", " +
          $"DebugException=\"{DebugException.GetType()}: {DebugException.Message}\")";
}
