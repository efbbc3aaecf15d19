using Grpc.Core;
using Grpc.Core.Internal;

namespace Grpc.Net.Client.Internal;

/// <summary>Writes requests into the body of the HTTP request.</summary>
internal sealed class ClientStreamWriter<TRequest> : IClientStreamWriter<TRequest>
    where TRequest : class
{
    private readonly CallLifetime _lifetime;
    private readonly Action<TRequest, SerializationContext> _serializer;
    private readonly RequestBuffer _buffer;
    private readonly TaskCompletionSource<Stream> _stream = new(TaskCreationOptions.RunContinuationsAsynchronously);

    // Continuations run inside CompleteAsync, so that the end of the stream is on its way when that returns; otherwise
    // a caller who disposes the call at once would reset it.
    private readonly TaskCompletionSource _completed = new(TaskCreationOptions.None);
    private readonly object _gate = new();
    private Task _lastWrite = Task.CompletedTask;
    private bool _completeCalled;

    public ClientStreamWriter(
        CallLifetime lifetime,
        Action<TRequest, SerializationContext> serializer,
        int? limit,
        WriteOptions? writeOptions)
    {
        _lifetime = lifetime;
        _serializer = serializer;
        _buffer = new RequestBuffer(limit);
        WriteOptions = writeOptions;
    }

    /// <summary>Kept for the caller. Every write is flushed, as the real client does.</summary>
    public WriteOptions? WriteOptions { get; set; }

    public Task WriteAsync(TRequest message) => WriteAsync(message, CancellationToken.None);

    public Task WriteAsync(TRequest message, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(message);
        _lifetime.ThrowIfDisposed();
        lock (_gate)
        {
            if (_completeCalled)
                return Task.FromException(new InvalidOperationException("Request stream has already been completed."));
            if (_lifetime.HasEnded)
                return Task.FromException(_lifetime.CreateException());
            if (!_lastWrite.IsCompleted)
            {
                return Task.FromException(new InvalidOperationException(
                    "Can't write the message because the previous write is in progress."));
            }

            return _lastWrite = WriteCoreAsync(message, cancellationToken);
        }
    }

    public Task CompleteAsync()
    {
        _lifetime.ThrowIfDisposed();
        lock (_gate)
        {
            if (!_lastWrite.IsCompleted)
            {
                return Task.FromException(new InvalidOperationException(
                    "Can't complete the client stream writer because the previous write is in progress."));
            }

            _completeCalled = true;
        }

        _completed.TrySetResult();
        return Task.CompletedTask;
    }

    /// <summary>
    /// Gives the writer the body to write to. Ends when the writer is completed, fails when the call ends first.
    /// </summary>
    public async Task ServeAsync(Stream stream)
    {
        _stream.TrySetResult(stream);
        await Task.WhenAny(_completed.Task, _lifetime.Ended).ConfigureAwait(false);
        if (!_completed.Task.IsCompleted)
            throw new OperationCanceledException("The call ended before its request stream did.");
    }

    /// <summary>Writes one message into a body.</summary>
    public async Task WriteToAsync(Stream stream, TRequest message)
    {
        try
        {
            ReadOnlyMemory<byte> frame = _buffer.Serialize(message, _serializer);
            await stream.WriteAsync(frame, _lifetime.Aborted).ConfigureAwait(false);
        }
        finally
        {
            _buffer.Release();
        }
    }

    private async Task WriteCoreAsync(TRequest message, CancellationToken cancellationToken)
    {
        using CancellationTokenRegistration link = _lifetime.Link(cancellationToken);
        try
        {
            // The call may end, for want of a connection, before it ever has a stream.
            if (!_stream.Task.IsCompleted)
                await Task.WhenAny(_stream.Task, _lifetime.Ended).ConfigureAwait(false);
            if (!_stream.Task.IsCompleted)
                throw _lifetime.CreateException();

            Stream stream = await _stream.Task.ConfigureAwait(false);
            await WriteToAsync(stream, message).ConfigureAwait(false);
            await stream.FlushAsync(_lifetime.Aborted).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is OperationCanceledException or ObjectDisposedException)
        {
            throw _lifetime.CreateException();
        }
    }
}
