namespace Grpc.Core;

/// <summary>A way to reach a server.</summary>
public abstract class ChannelBase
{
    /// <summary>A channel to a target.</summary>
    /// <param name="target">Host and port.</param>
    protected ChannelBase(string target)
    {
        ArgumentNullException.ThrowIfNull(target);
        Target = target;
    }

    /// <summary>Host and port.</summary>
    public string Target { get; }

    /// <summary>What starts calls over this channel.</summary>
    public abstract CallInvoker CreateCallInvoker();

    /// <summary>Shuts the channel down.</summary>
    public Task ShutdownAsync() => ShutdownAsyncCore();

    /// <summary>What a kind of channel does to shut down; nothing by default.</summary>
    protected virtual Task ShutdownAsyncCore() => Task.CompletedTask;
}
