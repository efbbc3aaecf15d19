using System.CommandLine;
using DistSeq2Seq.Configuration;
using DistSeq2Seq.Model.Data.Corpus;
using DistSeq2Seq.Model.Training;
using DistSeq2Seq.Protocol.Cluster;
using DistSeq2Seq.Protocol.Exchange;
using DistSeq2Seq.Worker;
using DistSeq2Seq.Worker.Hosting;
using DistSeq2Seq.Worker.State;
using DistSeq2Seq.Worker.Training;
using Microsoft.Extensions.Logging.Abstractions;

namespace DistSeq2Seq.Bench.Members;

/// <summary>A worker's training steps by the worker's own step runner, without coordinator and actors.</summary>
internal static class TrainMember
{
    private const double LearningRate = 0.001;

    /// <summary>The hidden verb.</summary>
    public static Command Create()
    {
        var options = new MemberOptions();
        var corpus = new Option<string>("--corpus") { Required = true };
        var command = options.Command("train-member");
        var length = new Option<int>("--length") { DefaultValueFactory = _ => ReferenceCase.Length };
        var inputFeeding = new Option<bool>("--input-feeding");
        command.Add(corpus);
        command.Add(length);
        command.Add(inputFeeding);
        command.SetAction(async (parsed, _) =>
        {
            var (rank, workers, warmup, rounds) = options.Read(parsed);
            var wire = parsed.GetValue(options.Wire) == Wire.Bf16 ? ElementType.Bfloat16 : ElementType.Float32;
            var configuration = ReferenceCase.Configuration(workers, parsed.GetValue(length), parsed.GetValue(inputFeeding));
            configuration = configuration with { Cluster = configuration.Cluster with { SharedMemory = !parsed.GetValue(options.Apart) } };
            Console.WriteLine((await RunAsync(rank, configuration, warmup, rounds, parsed.GetValue(options.Bind)!, wire,
                parsed.GetValue(corpus)!)).ToLine());
            return 0;
        });
        return command;
    }

    private static async Task<Measurement> RunAsync(
        int rank, RunConfiguration configuration, int warmup, int rounds, string bind, ElementType wire, string corpus)
    {
        using var state = new ReplicaState();
        await using var member = await MemberProcess.StartAsync(rank, bind, state);
        Measurement? result = null;
        Exception? failure = null;
        // As in a worker process: tensors belong to one thread that does nothing else.
        var training = new Thread(() =>
        {
            try
            {
                result = Train(member, state, configuration, warmup, rounds, wire, corpus);
            }
            catch (Exception e)
            {
                failure = e;
            }
        });
        training.Start();
        training.Join();
        return result ?? throw new InvalidOperationException("the training thread failed", failure);
    }

    private static Measurement Train(
        MemberProcess member, ReplicaState state, RunConfiguration configuration, int warmup, int rounds, ElementType wire,
        string corpus)
    {
        var worker = new WorkerContext(MemberProcess.Name(member.Rank), new WorkerOptions { Seeds = [] }, state, member.Owner,
            member.Channels, NullLogger.Instance);
        using var run = new PreparedRun(configuration, PreparedFolder.Open(corpus));
        state.Attach(run.Replica);
        var generation = new GenerationContext(Plan(member, configuration, wire), () => { }, CancellationToken.None);
        using var runner = new StepRunner(worker, run, generation, FaultInjection.Parse(""));

        var timer = new RoundTimer();
        List<double> compute = [], exchange = [];
        for (var step = 1; step <= warmup + rounds; step++)
        {
            var plan = new StepPlan
            {
                Generation = 1,
                Step = step,
                Epoch = 0,
                Batch = (step - 1) % run.Schedule.BatchesOf(0),
                LearningRate = LearningRate,
            };
            if (step <= warmup)
            {
                runner.Run(plan);
                continue;
            }

            timer.Round(() =>
            {
                var report = runner.Run(plan);
                compute.Add(report.ComputeSeconds);
                exchange.Add(report.ExchangeSeconds);
            });
        }

        return timer.Result(new Dictionary<string, double>
        {
            ["compute ms"] = 1e3 * Statistics.Median(compute),
            ["exchange ms"] = 1e3 * Statistics.Median(exchange),
        });
    }

    /// <summary>Sharded: every member owns a part, and computes one micro-batch.</summary>
    private static ExchangePlan Plan(MemberProcess member, RunConfiguration configuration, ElementType wire)
    {
        var plan = new ExchangePlan
        {
            Generation = 1,
            MicroBatches = configuration.Training.MicroBatches,
            BucketElements = configuration.Cluster.BucketBytes / sizeof(float),
            ChunkElements = configuration.Cluster.ChunkBytes / sizeof(float),
            Wire = wire,
        };
        for (var rank = 0; rank < member.Addresses.Count; rank++)
        {
            plan.Members.Add(new Member
            {
                WorkerId = MemberProcess.Name(rank),
                GrpcAddress = member.Addresses[rank],
                FirstMicroBatch = rank,
                EndMicroBatch = rank + 1,
            });
            plan.Owners.Add(new Owner { WorkerId = MemberProcess.Name(rank), GrpcAddress = member.Addresses[rank] });
        }

        return plan;
    }
}
