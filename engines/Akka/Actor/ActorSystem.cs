using Akka.Configuration;
using Akka.Event;

namespace Akka.Actor;

/// <summary>A system's settings.</summary>
public class Settings
{
    internal Settings(ActorSystem system, Config config)
    {
        System = system;
        Config = config;
    }

    /// <summary>The system.</summary>
    public ActorSystem System { get; }

    /// <summary>What it was started with, over the defaults.</summary>
    public Config Config { get; }
}

/// <summary>Something that a system has one of.</summary>
public interface IExtension
{
}

/// <summary>A tree of actors and what they share.</summary>
public abstract class ActorSystem : IActorRefFactory, IDisposable
{
    private int _disposed;

    /// <summary>Its settings.</summary>
    public abstract Settings Settings { get; }

    /// <summary>Its name, part of its address.</summary>
    public abstract string Name { get; }

    /// <summary>Turns messages into bytes and back.</summary>
    public abstract Serialization.Serialization Serialization { get; }

    /// <summary>Its bus.</summary>
    public abstract EventStream EventStream { get; }

    /// <summary>Takes what reaches no actor.</summary>
    public abstract IActorRef DeadLetters { get; }

    /// <summary>Sends messages later.</summary>
    public abstract IScheduler Scheduler { get; }

    /// <summary>Its log.</summary>
    public abstract ILoggingAdapter Log { get; }

    /// <summary>Completes when everything has ended.</summary>
    public abstract Task WhenTerminated { get; }

    /// <summary>Starts a system without configuration of its own.</summary>
    public static ActorSystem Create(string name) => Create(name, ConfigurationFactory.Load());

    /// <summary>Starts a system.</summary>
    /// <exception cref="ArgumentException">The name is malformed.</exception>
    /// <exception cref="ConfigurationException">A setting is wrong.</exception>
    public static ActorSystem Create(string name, Config config)
    {
        var system = new ActorSystemImpl(name, config);
        system.Start();
        return system;
    }

    /// <inheritdoc/>
    public abstract IActorRef ActorOf(Props props, string name = null);

    /// <inheritdoc/>
    public abstract ActorSelection ActorSelection(ActorPath actorPath);

    /// <inheritdoc/>
    public abstract ActorSelection ActorSelection(string actorPath);

    /// <summary>Ends an actor after its current message.</summary>
    public abstract void Stop(IActorRef actor);

    /// <summary>Ends the system, by way of <see cref="CoordinatedShutdown"/>.</summary>
    public abstract Task Terminate();

    /// <summary>Runs code when everything has ended.</summary>
    public abstract void RegisterOnTermination(Action code);

    /// <inheritdoc/>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref _disposed, 1) == 0) Terminate().Wait();
        GC.SuppressFinalize(this);
    }

    internal abstract Task FinalTerminate();
}

/// <summary>What extensions and serializers see of a system.</summary>
public abstract class ExtendedActorSystem : ActorSystem
{
    /// <summary>Resolves refs and knows the addresses.</summary>
    public abstract IActorRefProvider Provider { get; }

    /// <summary>Starts an actor under <c>/system</c>.</summary>
    public abstract IActorRef SystemActorOf(Props props, string name = null);
}

/// <summary>Resolves refs and knows the addresses.</summary>
public interface IActorRefProvider
{
    /// <summary>The top of the tree.</summary>
    ActorPath RootPath { get; }

    /// <summary>Takes what reaches no actor.</summary>
    IActorRef DeadLetters { get; }

    /// <summary>The address under which others reach this system; the local one without remoting.</summary>
    Address DefaultAddress { get; }

    /// <summary>The ref that a path names.</summary>
    IActorRef ResolveActorRef(string path);

    /// <summary>The ref that a path names.</summary>
    IActorRef ResolveActorRef(ActorPath actorPath);
}
