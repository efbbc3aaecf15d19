using Grpc.Core;

namespace Grpc.AspNetCore.Server.Internal;

/// <summary>The request stream that a method sees.</summary>
internal sealed class ServerStreamReader<TRequest>(RequestReader<TRequest> reader, CancellationToken requestAborted)
    : IAsyncStreamReader<TRequest>
    where TRequest : class
{
    private volatile bool _closed;

    public TRequest Current { get; private set; } = null!;

    public async Task<bool> MoveNext(CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (_closed || requestAborted.IsCancellationRequested)
            throw new InvalidOperationException("Can't read messages after the request is complete.");

        // The last message is let go before the wait for the next, which may be long.
        Current = null!;
        TRequest? message = await reader.ReadAsync(cancellationToken);
        Current = message!;
        return message is not null;
    }

    /// <summary>Refuses reads from now on: the server's buffers serve other calls after this one.</summary>
    public void Close() => _closed = true;
}

/// <summary>The response stream that a method sees.</summary>
internal sealed class ServerStreamWriter<TResponse>(
    ResponseWriter<TResponse> writer, HttpCallContext context, CancellationToken requestAborted, Action reset)
    : IServerStreamWriter<TResponse>
    where TResponse : class
{
    private readonly object _gate = new();
    private Task _lastWrite = Task.CompletedTask;
    private volatile bool _closed;

    public WriteOptions? WriteOptions
    {
        get => context.WriteOptions;
        set => context.WriteOptions = value;
    }

    public Task WriteAsync(TResponse message) => WriteAsync(message, CancellationToken.None);

    public Task WriteAsync(TResponse message, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(message);
        lock (_gate)
        {
            if (_closed || requestAborted.IsCancellationRequested)
            {
                return Task.FromException(new InvalidOperationException(
                    "Can't write the message because the request is complete."));
            }

            if (!_lastWrite.IsCompleted)
            {
                return Task.FromException(new InvalidOperationException(
                    "Can't write the message because the previous write is in progress."));
            }

            return _lastWrite = WriteCoreAsync(message, cancellationToken);
        }
    }

    /// <summary>Refuses writes from now on: the server's buffers serve other calls after this one.</summary>
    public void Close() => _closed = true;

    private async Task WriteCoreAsync(TResponse message, CancellationToken cancellationToken)
    {
        // A cancelled write may have sent a part of its message, so it takes the whole call with it.
        using CancellationTokenRegistration link = cancellationToken.UnsafeRegister(
            static state => ((Action)state!)(), reset);
        cancellationToken.ThrowIfCancellationRequested();
        await writer.WriteAsync(message, cancellationToken);

        bool mayWait = context.WriteOptions?.Flags.HasFlag(WriteFlags.BufferHint) ?? false;
        if (!mayWait)
            await writer.FlushAsync(context.CancellationToken, cancellationToken);
    }
}
