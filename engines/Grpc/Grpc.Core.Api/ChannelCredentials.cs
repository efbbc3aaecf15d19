namespace Grpc.Core;

/// <summary>Whether a channel is encrypted.</summary>
public abstract class ChannelCredentials
{
    /// <summary>Plain text; the address starts with <c>http://</c>.</summary>
    public static ChannelCredentials Insecure { get; } = new InsecureCredentials();

    /// <summary>TLS as the HTTP handler is set up for it; the address starts with <c>https://</c>.</summary>
    public static ChannelCredentials SecureSsl { get; } = new TlsCredentials();

    private sealed class InsecureCredentials : ChannelCredentials;

    private sealed class TlsCredentials : ChannelCredentials;
}
