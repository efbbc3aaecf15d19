using System.Globalization;
using Grpc.Core;
using Grpc.Core.Internal;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Grpc.AspNetCore.Server.Internal;

/// <summary>
/// Writes the status and the trailers of a call: after the body, or, when nothing was sent yet, into the headers
/// ("trailers-only").
/// </summary>
internal static class TrailerWriter
{
    public static void SetStatus(HttpResponse response, Status status) => Set(response, status, Metadata.Empty);

    /// <exception cref="InvalidOperationException">
    /// The server cannot send trailers, or one holds a character it cannot send.
    /// </exception>
    public static void Set(HttpResponse response, Status status, Metadata trailers)
    {
        IHeaderDictionary destination = DestinationOf(response);
        foreach (Metadata.Entry entry in trailers)
            destination.Append(entry.Key, HeaderValues.ToHeader(entry));

        // Last, so that nothing a method put into the trailers can pass for the status.
        destination[WireNames.Status] = ((int)status.StatusCode).ToString(CultureInfo.InvariantCulture);
        destination[WireNames.Message] =
            string.IsNullOrEmpty(status.Detail) ? default : PercentEncoding.Encode(status.Detail);
    }

    private static IHeaderDictionary DestinationOf(HttpResponse response)
    {
        if (!response.HasStarted)
            return response.Headers;

        IHeaderDictionary? trailers = response.HttpContext.Features.Get<IHttpResponseTrailersFeature>()?.Trailers;
        return trailers is { IsReadOnly: false }
            ? trailers
            : throw new InvalidOperationException("Trailers cannot be sent with this response; gRPC needs HTTP/2.");
    }
}
