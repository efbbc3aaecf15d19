using System.Collections.Concurrent;
using Akka.Remote;

namespace Akka.Actor;

/// <summary>The tree's fixed places, and the way from a path to a ref.</summary>
internal sealed class ActorRefProvider : IActorRefProvider
{
    /// <summary>Paths that are remembered; askers' are new each time, so not all are worth it for long.</summary>
    private const int MostPaths = 10_000;

    private readonly ConcurrentDictionary<string, ActorPath> _paths = new();
    private readonly Address _localAddress;

    public ActorRefProvider(ActorSystemImpl system)
    {
        System = system;
        _localAddress = new Address("akka", system.Name);
        RootPath = new RootActorPath(_localAddress);
        Root = new RootRef(this, RootPath);
        DeadLettersRef = new DeadLetterActorRef(this, RootPath / "deadLetters");
        Temp = new TempContainer(this, Root, RootPath / "temp");
        Root.Add("temp", Temp);
        Root.Add("deadLetters", DeadLettersRef);
        DefaultAddress = _localAddress;
    }

    public ActorSystemImpl System { get; }

    public ActorPath RootPath { get; }

    public RootRef Root { get; }

    public TempContainer Temp { get; }

    public DeadLetterActorRef DeadLettersRef { get; }

    public IActorRef DeadLetters => DeadLettersRef;

    public Address DefaultAddress { get; private set; }

    /// <summary>The remoting, or null.</summary>
    public RemoteTransport Remote { get; private set; }

    public void UseRemoting(RemoteTransport remote)
    {
        Remote = remote;
        DefaultAddress = remote.LocalAddress;
    }

    /// <summary>Every message from the network names two paths, the same ones again and again: they are taken apart once.</summary>
    public IActorRef ResolveActorRef(string path)
    {
        if (_paths.TryGetValue(path, out var known)) return Resolve(known);
        if (!ActorPath.TryParse(path, out var parsed)) return DeadLettersRef;
        if (_paths.Count >= MostPaths) _paths.Clear();
        _paths[path] = parsed;
        return Resolve(parsed);
    }

    public IActorRef ResolveActorRef(ActorPath actorPath) => Resolve(actorPath);

    public InternalActorRef Resolve(ActorPath path)
    {
        if (!IsHere(path.Address)) return Remote == null ? new EmptyLocalActorRef(this, path) : new RemoteActorRef(this, Remote, path);
        InternalActorRef at = Root;
        foreach (var element in path.Elements)
        {
            at = at.GetSingleChild(element);
            if (at == null) break;
        }

        if (at != null && (path.Uid == 0 || path.Uid == at.Path.Uid)) return at;
        var here = path.Elements.Aggregate(RootPath, (p, e) => p / e);
        return new EmptyLocalActorRef(this, here.WithUid(path.Uid));
    }

    public InternalActorRef RootAt(Address address) => IsHere(address) ? Root : new RemoteActorRef(this, Remote, new RootActorPath(address));

    /// <summary>The path as others can use it.</summary>
    public string PathForOthers(IActorRef actor) => actor.Path.ToSerializationFormatWithAddress(DefaultAddress);

    public ActorPath RegisterTemp(InternalActorRef actor)
    {
        var path = Temp.NextPath();
        Temp.Add(path.Name, actor);
        return path;
    }

    public void UnregisterTemp(InternalActorRef actor) => Temp.Remove(actor);

    private bool IsHere(Address address) => address == DefaultAddress || address == _localAddress || Remote == null;
}
