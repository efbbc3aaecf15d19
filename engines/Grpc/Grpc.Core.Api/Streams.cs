namespace Grpc.Core;

/// <summary>Reads the messages of one direction of a call. One read at a time.</summary>
/// <typeparam name="T">The message type.</typeparam>
public interface IAsyncStreamReader<out T>
{
    /// <summary>The message that the last successful <see cref="MoveNext"/> read.</summary>
    public T Current { get; }

    /// <summary>Reads the next message.</summary>
    /// <param name="cancellationToken">On a client, ends the whole call.</param>
    /// <returns>False at the end of the stream.</returns>
    /// <exception cref="RpcException">On a client: the call did not end with OK.</exception>
    public Task<bool> MoveNext(CancellationToken cancellationToken);
}

/// <summary>Writes messages into one direction of a call. One write at a time.</summary>
/// <typeparam name="T">The message type.</typeparam>
public interface IAsyncStreamWriter<in T>
{
    /// <summary>Options for the writes that follow.</summary>
    public WriteOptions? WriteOptions { get; set; }

    /// <summary>Writes a message; ends once the transport took it.</summary>
    public Task WriteAsync(T message);

    /// <summary>Writes a message.</summary>
    /// <param name="message">The message.</param>
    /// <param name="cancellationToken">Ends the whole call, not this write alone.</param>
    /// <exception cref="NotSupportedException">
    /// The token can be cancelled and this writer knows nothing of that.
    /// </exception>
    public Task WriteAsync(T message, CancellationToken cancellationToken) => cancellationToken.CanBeCanceled
        ? throw new NotSupportedException("Cancellation of stream writes is not supported by this writer.")
        : WriteAsync(message);
}

/// <summary>A client's side of a request stream.</summary>
/// <typeparam name="T">The message type.</typeparam>
public interface IClientStreamWriter<in T> : IAsyncStreamWriter<T>
{
    /// <summary>Says that no more requests follow.</summary>
    /// <exception cref="InvalidOperationException">A write is still under way.</exception>
    public Task CompleteAsync();
}

/// <summary>A server's side of a response stream. It ends when the method returns.</summary>
/// <typeparam name="T">The message type.</typeparam>
public interface IServerStreamWriter<in T> : IAsyncStreamWriter<T>
{
}

/// <summary>Helpers for readers.</summary>
public static class AsyncStreamReaderExtensions
{
    /// <summary>Reads the next message without a token.</summary>
    /// <typeparam name="T">The message type.</typeparam>
    public static Task<bool> MoveNext<T>(this IAsyncStreamReader<T> streamReader)
        where T : class
    {
        ArgumentNullException.ThrowIfNull(streamReader);
        return streamReader.MoveNext(CancellationToken.None);
    }
}
