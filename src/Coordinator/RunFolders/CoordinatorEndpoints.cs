namespace DistSeq2Seq.Coordinator.RunFolders;

/// <summary>Where a running coordinator can be reached; in the run folder as <c>coordinator.json</c>.</summary>
/// <param name="Akka">host:port of its actor system: what a worker takes as --seed.</param>
/// <param name="Grpc">gRPC address.</param>
/// <param name="Http">Web page and HTTP endpoints.</param>
/// <param name="ProcessId">Its process.</param>
public sealed record CoordinatorEndpoints(string Akka, string Grpc, string Http, int ProcessId);
