namespace DistSeq2Seq.Hosting.Actors;

/// <summary>Names that the actor systems of the coordinator and the workers share.</summary>
public static class NodeRoles
{
    /// <summary>Name of every actor system of a cluster.</summary>
    public const string SystemName = "distseq2seq";

    /// <summary>Role of the coordinator's node, and name of its actor.</summary>
    public const string Coordinator = "coordinator";

    /// <summary>Role of a worker's node, and name of its actor.</summary>
    public const string Worker = "worker";
}
