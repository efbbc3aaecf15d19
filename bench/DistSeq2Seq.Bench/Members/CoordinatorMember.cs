using System.CommandLine;
using System.Net;
using Akka.Actor;
using DistSeq2Seq.Bench.Corpora;
using DistSeq2Seq.Bench.Runs;
using DistSeq2Seq.Configuration;
using DistSeq2Seq.Coordinator.Checkpoints;
using DistSeq2Seq.Coordinator.Hosting;
using DistSeq2Seq.Coordinator.Membership;
using DistSeq2Seq.Coordinator.Planning;
using DistSeq2Seq.Coordinator.RunFolders;
using DistSeq2Seq.Coordinator.Services;
using DistSeq2Seq.Exchange;
using DistSeq2Seq.Hosting.Actors;
using Microsoft.Extensions.Logging.Abstractions;

namespace DistSeq2Seq.Bench.Members;

/// <summary>
/// Rank 0 is the real coordinator: its actor with state machine, journal, ledger and status, behind Akka remoting. Rank 1 stands for
/// all workers. Only tensors, and the workers' nodes in the cluster but one, are left out.
/// </summary>
internal static class CoordinatorMember
{
    private const string Host = "127.0.0.1";

    /// <summary>Of the coordinator's line: its address, and the digest of the corpus that workers must have.</summary>
    private const char Separator = '|';

    /// <summary>The hidden verb; <c>--workers</c> is the number of processes, 2.</summary>
    public static Command Create()
    {
        var options = new MemberOptions();
        var simulated = new Option<int>("--simulated") { Required = true };
        var command = options.Command("coordinator-member");
        command.Add(simulated);
        command.SetAction(async (parsed, _) =>
        {
            var (rank, _, warmup, rounds) = options.Read(parsed);
            var workers = parsed.GetValue(simulated);
            if (rank == 0)
                await CoordinateAsync(workers, warmup, rounds);
            else
                await WorkAsync(workers, warmup, rounds);
            return 0;
        });
        return command;
    }

    private static RunConfiguration Configuration(int workers)
    {
        var reference = ReferenceCase.Configuration(workers);
        // Nobody is lost where two processes share a core with whatever else runs on the machine.
        return reference with { Cluster = reference.Cluster with { Topology = Topology.Sharded, Timeouts = new() { Heartbeat = 600 } } };
    }

    /// <summary>Its time is its processor time for a step, the mean over all rounds: what stays when the workers are elsewhere.</summary>
    private static async Task CoordinateAsync(int workers, int warmup, int rounds)
    {
        var folder = Directory.CreateTempSubdirectory("distseq2seq-bench-");
        try
        {
            SyntheticCorpus.Write(folder.FullName, [.. Enumerable.Repeat((23, 23), workers)]);
            var configuration = Configuration(workers) with
            {
                Run = Path.Combine(folder.FullName, "run"),
                Data = RunFiles.DataOf(folder.FullName),
            };
            using var opened = OpenedRun.Open(configuration);
            using var journal = new RunJournal(configuration.Run);
            using var channels = new PeerChannels();
            using var checkpoints = new CheckpointService(opened.Folder, configuration, opened.Data, channels);
            var (node, address) = await StartAsync(NodeRoles.Coordinator, []);
            await using (node)
            {
                var board = new StatusBoard(configuration, opened.Folder.RunId);
                // An epoch without end: neither validations nor checkpoints come between.
                var run = new CoordinatedRun(configuration, opened, journal,
                    RunOptions.From(configuration, opened.Folder.RunId, $"http://{Host}:1", validationPieces: 0),
                    new StepSchedule(_ => int.MaxValue, 0, 0));
                var services = new CoordinatorServices(run, new ReductionOwner(), checkpoints, board, new RunControl(),
                    new CoordinatorProcess(Guid.NewGuid().ToString(), _ => { }, () => { }));
                node.System.ActorOf(Props.Create(() => new CoordinatorActor(services, 0)), NodeRoles.Coordinator);
                Console.WriteLine($"{address}{Separator}{opened.Data.TrainCorpus.Digest}");
                await Console.In.ReadLineAsync();
                await ReachedAsync(board, warmup);
                var begin = Environment.CpuUsage.TotalTime;
                await ReachedAsync(board, warmup + rounds);
                var used = Environment.CpuUsage.TotalTime - begin;
                Console.WriteLine(new Measurement(0, used.TotalSeconds / rounds).ToLine());
                // The workers wait for orders still on their way. Reading the console holds a thread, of which the pool has but one.
                await Task.Factory.StartNew(Console.In.ReadToEnd, CancellationToken.None, TaskCreationOptions.LongRunning,
                    TaskScheduler.Default);
            }
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static async Task WorkAsync(int workers, int warmup, int rounds)
    {
        Console.WriteLine("workers");
        var coordinator = (await Console.In.ReadLineAsync() ?? throw new EndOfStreamException("the coordinator's address did not come"))
            .Split(' ')[0].Split(Separator);
        var (node, _) = await StartAsync(NodeRoles.Worker, [coordinator[0]]);
        await using (node)
        {
            var simulated = new SimulatedWorkers(node.System, coordinator[0], coordinator[1], workers);
            var ahead = Configuration(workers).Cluster.PlanAhead;
            simulated.Join(ahead);
            List<double> wall = [];
            for (long step = 1; step <= warmup + rounds; step++)
            {
                var seconds = simulated.Step(step, step + ahead);
                if (step > warmup)
                    wall.Add(seconds);
            }

            Console.WriteLine(new Measurement(Statistics.Percentile(wall, 0.99), 0, new Dictionary<string, double>
            {
                ["median ms"] = 1e3 * Statistics.Median(wall),
                ["longest ms"] = 1e3 * wall.Max(),
                ["tensor bytes through the coordinator"] = simulated.TensorBytes(ReferenceCase.ExchangeElements),
            }).ToLine());
        }
    }

    private static async Task<(ActorNodeHost Node, string Address)> StartAsync(string role, string[] seeds)
    {
        var port = PortCheck.Pick(IPAddress.Parse(Host), 0);
        var address = $"{Host}:{port}";
        var node = new ActorNode
        {
            Role = role,
            Host = Host,
            Bind = IPAddress.Parse(Host),
            Port = port,
            Seeds = seeds.Length > 0 ? seeds : [address],
            HeartbeatPauseSeconds = 600,
        };
        return (await ActorNodeHost.StartAsync(node, NullLoggerFactory.Instance), address);
    }

    private static async Task ReachedAsync(StatusBoard board, long step)
    {
        for (var change = board.NextChange; board.Current.Step < step; change = board.NextChange)
            await change;
    }
}
