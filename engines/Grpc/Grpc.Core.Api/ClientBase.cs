namespace Grpc.Core;

/// <summary>The base of generated clients.</summary>
/// <typeparam name="T">The client's own type.</typeparam>
public abstract class ClientBase<T> : ClientBase
    where T : ClientBase<T>
{
    /// <summary>A client for tests; every call fails.</summary>
    protected ClientBase()
    {
    }

    /// <summary>A client with another one's configuration.</summary>
    protected ClientBase(ClientBaseConfiguration configuration) : base(configuration)
    {
    }

    /// <summary>A client over a channel.</summary>
    public ClientBase(ChannelBase channel) : base(channel)
    {
    }

    /// <summary>A client over an invoker.</summary>
    public ClientBase(CallInvoker callInvoker) : base(callInvoker)
    {
    }

    /// <summary>A client of the same type with another configuration.</summary>
    protected abstract T NewInstance(ClientBaseConfiguration configuration);
}

/// <summary>The base of clients, whatever their type.</summary>
public abstract class ClientBase
{
    private readonly CallInvoker? _callInvoker;

    /// <summary>A client for tests; every call fails.</summary>
    protected ClientBase()
    {
    }

    /// <summary>A client with another one's configuration.</summary>
    protected ClientBase(ClientBaseConfiguration configuration)
    {
        ArgumentNullException.ThrowIfNull(configuration);
        _callInvoker = configuration.CallInvoker;
    }

    /// <summary>A client over a channel.</summary>
    public ClientBase(ChannelBase channel)
    {
        ArgumentNullException.ThrowIfNull(channel);
        _callInvoker = channel.CreateCallInvoker();
    }

    /// <summary>A client over an invoker.</summary>
    public ClientBase(CallInvoker callInvoker)
    {
        ArgumentNullException.ThrowIfNull(callInvoker);
        _callInvoker = callInvoker;
    }

    /// <summary>What starts this client's calls.</summary>
    /// <exception cref="NotImplementedException">The client was made without a channel.</exception>
    protected CallInvoker CallInvoker =>
        _callInvoker ?? throw new NotImplementedException($"{GetType().Name} was made without a channel.");

    /// <summary>What a client passes on to a copy of itself.</summary>
    protected internal class ClientBaseConfiguration
    {
        internal ClientBaseConfiguration(CallInvoker callInvoker) => CallInvoker = callInvoker;

        internal CallInvoker CallInvoker { get; }
    }
}
