using System.CommandLine;
using DistSeq2Seq.Configuration;
using DistSeq2Seq.Exchange;
using DistSeq2Seq.Protocol.Exchange;
using DistSeq2Seq.Protocol.Plans;
using DistSeq2Seq.Worker.State;

namespace DistSeq2Seq.Bench.Members;

/// <summary>The exchange alone: each member has the sum of one micro-batch and gets the sum of all.</summary>
internal static class AllReduceMember
{
    /// <summary>The hidden verb.</summary>
    public static Command Create()
    {
        var options = new MemberOptions();
        var chunkBytes = new Option<int>("--chunk-bytes") { DefaultValueFactory = _ => new ClusterConfiguration().ChunkBytes };
        var command = options.Command("allreduce-member");
        command.Add(chunkBytes);
        command.SetAction(async (parsed, _) =>
        {
            var (rank, workers, warmup, rounds) = options.Read(parsed);
            var wire = parsed.GetValue(options.Wire) == Wire.Bf16 ? ElementType.Bfloat16 : ElementType.Float32;
            Console.WriteLine((await RunAsync(rank, workers, warmup, rounds, parsed.GetValue(options.Bind)!,
                !parsed.GetValue(options.Apart), wire, parsed.GetValue(chunkBytes))).ToLine());
            return 0;
        });
        return command;
    }

    private static async Task<Measurement> RunAsync(int rank, int workers, int warmup, int rounds, string bind, bool sharedMemory,
        ElementType wire, int chunkBytes)
    {
        await using var member = await MemberProcess.StartAsync(rank, bind, new ReplicaState());
        var cluster = new ClusterConfiguration();
        var map = new ShardMap(ReferenceCase.ExchangeElements, cluster.BucketBytes / sizeof(float), chunkBytes / sizeof(float), workers);
        var name = MemberProcess.Name(rank);
        await using var session = new ExchangeSession(
            new MemberPlan(1, name, map, [.. member.Addresses.Select((address, owner) => owner == rank ? null : address)], sharedMemory,
                wire), member.Owner, member.Channels);
        var ranges = Enumerable.Range(0, workers).ToDictionary(MemberProcess.Name, r => new MicroBatchRange(r, r + 1));
        member.Owner.Begin(new OwnerPlan(1, rank, map, new SummationTree(workers), ranges, wire), name, session.Deliver);

        var gradient = GC.AllocateArray<float>(ReferenceCase.ExchangeElements, pinned: true);
        var sum = GC.AllocateArray<float>(ReferenceCase.ExchangeElements, pinned: true);
        Array.Fill(gradient, rank + 1);
        var timer = new RoundTimer();
        for (var step = 1; step <= warmup + rounds; step++)
        {
            if (step <= warmup)
                Exchange(session, step, rank, gradient, sum);
            else
                timer.Round(() => Exchange(session, step, rank, gradient, sum));
        }

        var expected = workers * (workers + 1) / 2f;
        return Array.TrueForAll(sum, value => value == expected)
            ? timer.Result()
            : throw new InvalidOperationException($"the exchanged sum is not {expected} everywhere");
    }

    private static void Exchange(ExchangeSession session, int step, int rank, float[] gradient, float[] sum)
    {
        session.BeginStep(step, sum);
        session.Contribute(new TreeNode(0, rank), gradient);
        session.Wait();
    }
}
