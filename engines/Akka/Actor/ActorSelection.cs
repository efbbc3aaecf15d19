using System.Text.RegularExpressions;

namespace Akka.Actor;

/// <summary>Names actors by a path; a message goes to all that match when it arrives.</summary>
public class ActorSelection : ICanTell
{
    private readonly string[] _elements;

    internal ActorSelection(InternalActorRef anchor, IEnumerable<string> elements)
    {
        Anchor = anchor;
        _elements = elements.Where(e => e.Length > 0).ToArray();
    }

    /// <summary>Where the path begins.</summary>
    public IActorRef Anchor { get; }

    /// <summary>The path from there.</summary>
    public string PathString => "/" + string.Join('/', _elements);

    /// <inheritdoc/>
    public void Tell(object message, IActorRef sender = null)
    {
        if (message == null) throw new InvalidMessageException("Message is null.");
        sender ??= ActorCell.CurrentSelfOrNoSender;
        Deliver((InternalActorRef)Anchor, sender, new ActorSelectionMessage(message, _elements));
    }

    /// <summary>The one actor that answers first.</summary>
    /// <exception cref="ActorNotFoundException">None answered in time.</exception>
    public Task<IActorRef> ResolveOne(TimeSpan timeout) => ResolveOne(timeout, CancellationToken.None);

    /// <summary>The one actor that answers first.</summary>
    /// <exception cref="ActorNotFoundException">None answered in time.</exception>
    public async Task<IActorRef> ResolveOne(TimeSpan timeout, CancellationToken ct)
    {
        try
        {
            var identity = await this.Ask<ActorIdentity>(new Identify(null), timeout, ct).ConfigureAwait(false);
            return identity.Subject ?? throw new ActorNotFoundException("subject was null");
        }
        catch (Exception error) when (error is AskTimeoutException or OperationCanceledException)
        {
            throw new ActorNotFoundException($"No actor answered for {this} within {timeout}", error);
        }
    }

    /// <inheritdoc/>
    public override bool Equals(object obj) =>
        obj is ActorSelection other && Equals(Anchor, other.Anchor) && PathString == other.PathString;

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Anchor, PathString);

    /// <inheritdoc/>
    public override string ToString() => $"ActorSelection[Anchor({Anchor.Path}), Path({PathString})]";

    internal static ActorSelection Parse(ActorRefProvider provider, InternalActorRef lookupRoot, string path)
    {
        if (ActorPath.TryParse(path, out var absolute)) return FromPath(provider, absolute);
        var anchor = path.StartsWith('/') ? provider.Root : lookupRoot;
        return new ActorSelection(anchor, path.Split('/'));
    }

    internal static ActorSelection FromPath(ActorRefProvider provider, ActorPath path) =>
        new(provider.RootAt(path.Address), path.Elements);

    /// <summary>Walks down from a ref, hands over to another system where the walk leaves this one.</summary>
    internal static void Deliver(InternalActorRef anchor, IActorRef sender, ActorSelectionMessage selection)
    {
        if (!anchor.IsLocal)
        {
            anchor.Tell(selection, sender);
            return;
        }

        Walk(anchor, 0);

        void Walk(InternalActorRef at, int index)
        {
            if (index == selection.Elements.Length)
            {
                at.Tell(selection.Message, sender);
                return;
            }

            var element = selection.Elements[index];
            if (element is "..")
            {
                Walk(at.Parent ?? at, index + 1);
            }
            else if (element.Contains('*') || element.Contains('?'))
            {
                foreach (var child in at.Children.Where(c => Matches(c.Path.Name, element))) Walk(child, index + 1);
            }
            else if (at.GetSingleChild(element) is { } child)
            {
                Walk(child, index + 1);
            }
            else
            {
                var path = selection.Elements.Skip(index).Where(e => e != "..").Aggregate(at.Path, (p, e) => p / e);
                new EmptyLocalActorRef(at.Provider, path).Tell(selection.Message, sender);
            }
        }
    }

    private static bool Matches(string name, string pattern) =>
        Regex.IsMatch(name, "^" + Regex.Escape(pattern).Replace("\\*", ".*").Replace("\\?", ".") + "$");
}

/// <summary>A selection on its way through the tree.</summary>
internal sealed record ActorSelectionMessage(object Message, string[] Elements) : IAutoReceivedMessage, IWrappedMessage;
