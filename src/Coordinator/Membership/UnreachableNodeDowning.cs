using Akka.Actor;
using Akka.Cluster;

namespace DistSeq2Seq.Coordinator.Membership;

/// <summary>Gives the coordinator's node <see cref="UnreachableNodeDowner"/> (<c>akka.cluster.downing-provider-class</c>).</summary>
public sealed class UnreachableNodeDowning : IDowningProvider
{
    private readonly TimeSpan _patience;

    /// <param name="system">The node's actor system.</param>
    /// <param name="cluster">Unused; Akka calls a constructor with these two parameters.</param>
    public UnreachableNodeDowning(ExtendedActorSystem system, Cluster cluster) =>
        _patience = system.Settings.Config.GetTimeSpan("akka.cluster.down-unreachable-after", null, false);

    /// <summary>Zero: no work of a lost node moves to another node, so nothing has to wait for its removal.</summary>
    public TimeSpan DownRemovalMargin => TimeSpan.Zero;

    /// <inheritdoc/>
    public Props DowningActorProps => Props.Create(() => new UnreachableNodeDowner(_patience));
}
