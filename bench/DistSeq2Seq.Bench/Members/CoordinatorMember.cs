using System.CommandLine;
using System.Diagnostics;
using Akka.Actor;
using Akka.Configuration;
using DistSeq2Seq.Bench.Corpora;
using DistSeq2Seq.Bench.Runs;
using DistSeq2Seq.Configuration;
using DistSeq2Seq.Coordinator;
using DistSeq2Seq.Coordinator.Planning;
using DistSeq2Seq.Exchange;
using DistSeq2Seq.Model.Data;

namespace DistSeq2Seq.Bench.Members;

/// <summary>
/// The real coordinator (its actor, state machine, journal, ledger and status) with many simulated workers: the time from a step's
/// first report to its last order.
/// </summary>
internal static class CoordinatorMember
{
    /// <summary>Workers say twice a second that they are there: so often in a step of a second.</summary>
    private const int Announcements = 2;

    /// <summary>Digest of the corpus that the simulated workers claim to have.</summary>
    public static string CorpusDigest { get; private set; } = "";

    /// <summary>The hidden verb.</summary>
    public static Command Create()
    {
        var options = new MemberOptions();
        var command = options.Command("coordinator-member");
        command.SetAction(async (parsed, _) =>
        {
            var (_, workers, warmup, rounds) = options.Read(parsed);
            Console.WriteLine((await RunAsync(workers, warmup, rounds)).ToLine());
            return 0;
        });
        return command;
    }

    private static async Task<Measurement> RunAsync(int workers, int warmup, int rounds)
    {
        var folder = Directory.CreateTempSubdirectory("distseq2seq-bench-");
        try
        {
            SyntheticCorpus.Write(folder.FullName, [.. Enumerable.Repeat((23, 23), workers)]);
            var reference = ReferenceCase.Configuration(workers);
            var configuration = reference with
            {
                Run = Path.Combine(folder.FullName, "run"),
                Data = RunFiles.DataOf(folder.FullName),
                Cluster = reference.Cluster with { Topology = Topology.Sharded, Timeouts = new() { Heartbeat = 600 } },
            };
            using var opened = OpenedRun.Open(configuration);
            CorpusDigest = opened.Data.TrainCorpus.Digest;
            using var journal = new RunJournal(configuration.Run);
            using var channels = new PeerChannels();
            using var checkpoints = new CheckpointWriter(opened.Folder, configuration, opened.Data, channels);
            using var system = ActorSystem.Create("bench", ConfigurationFactory.ParseString("akka { loglevel = ERROR, stdout-loglevel = OFF }"));
            // An epoch without end: neither validations nor checkpoints come between.
            var services = new CoordinatorServices(configuration, opened.Folder, journal, opened.Data, opened.Data.Fingerprint,
                RunOptions.From(configuration, opened.Folder.RunId, "http://127.0.0.1:1", validationPieces: 0),
                new StepSchedule(_ => int.MaxValue, 0, 0), new ReductionOwner(), checkpoints,
                new StatusBoard(configuration, opened.Folder.RunId), "bench", _ => { }, () => { });
            var actor = system.ActorOf(Props.Create(() => new CoordinatorActor(services, 0)), "coordinator");
            var measurement = Measure(system, actor, configuration, warmup, rounds);
            await system.Terminate();
            return measurement;
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static Measurement Measure(ActorSystem system, IActorRef coordinator, RunConfiguration configuration, int warmup, int rounds)
    {
        using var workers = new SimulatedWorkers(system, coordinator, configuration.Training.MicroBatches);
        var ahead = configuration.Cluster.PlanAhead;
        workers.Join(ahead);
        List<double> wall = [], processor = [];
        var bytes = 0L;
        for (long step = 1; step <= warmup + rounds; step++)
        {
            var reports = workers.Reports(step);
            var (started, used, sent) = (Stopwatch.GetTimestamp(), Environment.CpuUsage.TotalTime, workers.MessageBytes);
            workers.Step(reports, Announcements, step + ahead);
            if (step <= warmup)
                continue;
            wall.Add(Stopwatch.GetElapsedTime(started).TotalSeconds);
            processor.Add((Environment.CpuUsage.TotalTime - used).TotalSeconds);
            bytes += workers.MessageBytes - sent;
        }

        return new Measurement(Statistics.Percentile(wall, 0.99), Statistics.Median(processor), new Dictionary<string, double>
        {
            ["median ms"] = 1e3 * Statistics.Median(wall),
            ["tensor bytes a step"] = workers.TensorBytes(ReferenceCase.ExchangeElements),
            ["message bytes a step"] = (double)bytes / rounds,
        });
    }
}
