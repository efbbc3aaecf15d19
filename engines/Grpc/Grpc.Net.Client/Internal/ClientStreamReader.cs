using Grpc.Core;

namespace Grpc.Net.Client.Internal;

/// <summary>Reads responses from the body of the HTTP response.</summary>
internal sealed class ClientStreamReader<TResponse>(CallLifetime lifetime, MessageReader<TResponse> messages)
    : IAsyncStreamReader<TResponse>
    where TResponse : class
{
    private readonly TaskCompletionSource<HttpResponseMessage?> _response =
        new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly object _gate = new();
    private Task<bool> _lastRead = Task.FromResult(false);
    private Stream? _stream;

    public TResponse Current { get; private set; } = null!;

    /// <summary>Gives the reader the response to read from; null when the call has ended without one.</summary>
    public void Open(HttpResponseMessage? response) => _response.TrySetResult(response);

    public Task<bool> MoveNext(CancellationToken cancellationToken)
    {
        lifetime.ThrowIfDisposed();
        lock (_gate)
        {
            if (!_lastRead.IsCompleted)
            {
                return Task.FromException<bool>(new InvalidOperationException(
                    "Can't read the next message because the previous read is still in progress."));
            }

            return _lastRead = MoveNextCoreAsync(cancellationToken);
        }
    }

    private async Task<bool> MoveNextCoreAsync(CancellationToken cancellationToken)
    {
        using CancellationTokenRegistration link = lifetime.Link(cancellationToken);
        try
        {
            HttpResponseMessage? response = lifetime.HasEnded
                ? null
                : await _response.Task.WaitAsync(lifetime.Aborted).ConfigureAwait(false);
            if (response is null)
                return AtEnd();

            _stream ??= await response.Content.ReadAsStreamAsync(lifetime.Aborted).ConfigureAwait(false);

            // The last message is let go before the wait for the next, which may be long.
            Current = null!;
            TResponse? message = await messages
                .ReadAsync(_stream, ResponseHead.EncodingOf(response), lifetime.Aborted).ConfigureAwait(false);
            if (message is not null)
            {
                Current = message;
                return true;
            }

            lifetime.TryEnd(
                ResponseHead.FinalStatus(response), ResponseHead.MetadataOf(response.TrailingHeaders), abort: false);
        }
        catch (Exception exception)
        {
            lifetime.TryEnd(
                TransportErrors.ToStatus("Error reading next message.", exception, lifetime),
                trailers: null,
                abort: true);
        }

        return AtEnd();
    }

    /// <summary>False when the call ended well, the call's exception otherwise.</summary>
    private bool AtEnd()
    {
        Current = null!;
        return lifetime.GetStatus().StatusCode == StatusCode.OK ? false : throw lifetime.CreateException();
    }
}
