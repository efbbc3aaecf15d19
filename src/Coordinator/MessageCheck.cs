using DistSeq2Seq.Protocol.Cluster;
using Google.Protobuf;

namespace DistSeq2Seq.Coordinator;

/// <summary>Whether a worker's message can be acted on: what comes over the network need not be what this version sends.</summary>
internal static class MessageCheck
{
    /// <summary>What is wrong with a message, naming its sender as it names itself; null for nothing.</summary>
    public static string? Problem(IMessage message) => message switch
    {
        JoinRequest join => Of(join, join.WorkerId, join.Position is null ? "has no position" : AddressProblem(join.GrpcAddress)),
        WorkerReady ready => Of(ready, ready.WorkerId, ready.Position is null ? "has no position" : null),
        Regrouped answer => Of(answer, answer.WorkerId, answer.Position is null ? "has no position" : null),
        _ => null,
    };

    private static string? Of(IMessage message, string worker, string? problem)
    {
        problem = worker.Length == 0 ? "names no worker" : problem;
        return problem is null ? null : $"{message.GetType().Name} of worker {worker} {problem}; its program may be another version";
    }

    private static string? AddressProblem(string address) =>
        Uri.TryCreate(address, UriKind.Absolute, out var uri) && uri.Scheme == Uri.UriSchemeHttp ? null : $"gives the gRPC address `{address}`, expected http://HOST:PORT";
}
