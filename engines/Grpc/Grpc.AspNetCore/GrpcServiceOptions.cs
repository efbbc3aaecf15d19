namespace Grpc.AspNetCore.Server;

/// <summary>What holds for every gRPC service of an application.</summary>
public class GrpcServiceOptions
{
    /// <summary>The largest message to send, in bytes. Null (default): no limit.</summary>
    public int? MaxSendMessageSize { get; set; }

    /// <summary>The largest message to receive, in bytes. Default 4 MiB; null: no limit.</summary>
    public int? MaxReceiveMessageSize { get; set; } = 4 * 1024 * 1024;

    /// <summary>
    /// Whether callers see the text of exceptions that methods do not handle. Default (null): they do not.
    /// </summary>
    public bool? EnableDetailedErrors { get; set; }
}
