using System.Net;
using System.Net.Http.Headers;
using Grpc.Core.Internal;

namespace Grpc.Net.Client.Internal;

/// <summary>The request's body: one message, or as many as the writer is given until it is completed.</summary>
internal sealed class RequestContent<TRequest> : HttpContent
    where TRequest : class
{
    private readonly ClientStreamWriter<TRequest> _writer;
    private readonly TRequest? _request;

    public RequestContent(ClientStreamWriter<TRequest> writer, TRequest? request)
    {
        _writer = writer;
        _request = request;
        Headers.ContentType = new MediaTypeHeaderValue(WireNames.ContentType);
    }

    protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context)
    {
        if (_request is not null)
        {
            await _writer.WriteToAsync(stream, _request).ConfigureAwait(false);
            return;
        }

        // The headers leave now, not with the first request: a server may want to answer before there is one.
        await stream.FlushAsync().ConfigureAwait(false);
        await _writer.ServeAsync(stream).ConfigureAwait(false);
    }

    protected override bool TryComputeLength(out long length)
    {
        length = -1;
        return false;
    }
}
