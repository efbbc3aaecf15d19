using System.Collections.Concurrent;
using Akka.Actor;
using DistSeq2Seq.Protocol.Cluster;
using DistSeq2Seq.Protocol.Plans;
using Google.Protobuf;

namespace DistSeq2Seq.Bench.Members;

/// <summary>
/// Workers without tensors, in the coordinator's process. Everything between them and the coordinator's actor is serialised and
/// parsed as it is between processes, so that only sockets are left out.
/// </summary>
internal sealed class SimulatedWorkers : IDisposable
{
    private readonly IActorRef _coordinator;
    private readonly IActorRef[] _postboxes;
    private readonly BlockingCollection<(int Worker, IMessage Message, int Bytes)> _received = [];
    private ExchangePlan _plan = new();
    private long _lastPlanned;
    private int _plansOfLast;

    /// <param name="system">Where the coordinator lives.</param>
    /// <param name="coordinator">Its actor.</param>
    /// <param name="count">How many.</param>
    public SimulatedWorkers(ActorSystem system, IActorRef coordinator, int count)
    {
        _coordinator = coordinator;
        _postboxes = [.. Enumerable.Range(0, count).Select(i => system.ActorOf(Props.Create(() => new Postbox(i, _received)), $"worker-{i}"))];
    }

    /// <summary>Bytes of all messages so far, both ways.</summary>
    public long MessageBytes { get; private set; }

    /// <summary>
    /// Gradient bytes that go through the coordinator in a step of the current plan: what every member sends to shards that the
    /// coordinator owns, and what comes back.
    /// </summary>
    /// <param name="elements">Of the flat gradient.</param>
    public long TensorBytes(long elements)
    {
        var map = new ShardMap(elements, _plan.BucketElements, _plan.ChunkElements, _plan.Owners.Count);
        var owned = map.Chunks.Where(c => _plan.Owners[c.Owner].WorkerId.Length == 0).Sum(c => (long)c.Length);
        return owned * sizeof(float) * 2 * _plan.Members.Count;
    }

    /// <summary>All of them join; ends when every one has been told to take the step <paramref name="planned"/>.</summary>
    public void Join(long planned)
    {
        for (var worker = 0; worker < _postboxes.Length; worker++)
            Send(worker, Announcement(worker), JoinRequest.Parser);
        AnswerUntilPlanned(planned);
    }

    /// <summary>What all of them send in a step, ready to be sent.</summary>
    public byte[][] Reports(long step)
    {
        var reports = new byte[_postboxes.Length][];
        for (var worker = 0; worker < reports.Length; worker++)
        {
            reports[worker] = new StepReport
            {
                WorkerId = Name(worker),
                Generation = _plan.Generation,
                Step = step,
                GradientNorm = 1,
                ComputeSeconds = 1,
                ExchangeSeconds = 0.1,
                BytesSent = 65_000_000,
                ResidentBytes = 1L << 30,
                LiveTensors = 100,
                MicroBatches = { new MicroBatchResult { Index = worker, LossSum = 100, Tokens = 1500 } },
            }.ToByteArray();
        }

        return reports;
    }

    /// <summary>One step: the reports come, and the step <paramref name="planned"/> goes out to everybody.</summary>
    /// <param name="reports">Of <see cref="Reports"/>.</param>
    /// <param name="announcements">Signs of life that each worker sends meanwhile.</param>
    /// <param name="planned">The step that becomes plannable.</param>
    public void Step(byte[][] reports, int announcements, long planned)
    {
        for (var worker = 0; worker < reports.Length; worker++)
        {
            for (var i = 0; i < announcements; i++)
                Send(worker, Announcement(worker), JoinRequest.Parser);
            Send(worker, reports[worker], StepReport.Parser);
        }

        AnswerUntilPlanned(planned);
    }

    /// <inheritdoc/>
    public void Dispose() => _received.Dispose();

    private static string Name(int worker) => $"worker-{worker:D4}";

    private static byte[] Announcement(int worker) =>
        new JoinRequest { WorkerId = Name(worker), Host = $"node-{worker}", GrpcAddress = $"http://node-{worker}:5051", ProcessId = 1, Device = "cpu", Position = new() }.ToByteArray();

    private void AnswerUntilPlanned(long step)
    {
        while (_lastPlanned < step || _plansOfLast < _postboxes.Length)
        {
            var (worker, message, bytes) = _received.Take();
            MessageBytes += bytes;
            Answer(worker, message);
        }
    }

    private void Answer(int worker, IMessage message)
    {
        switch (message)
        {
            case Welcome:
                Send(worker, new WorkerReady { WorkerId = Name(worker), CorpusDigest = CoordinatorMember.CorpusDigest, Position = new(), Layout = { new TensorShape { Name = "weight", Shape = { ReferenceCase.ExchangeElements } } } }.ToByteArray(), WorkerReady.Parser);
                break;
            case Regroup regroup:
                Send(worker, new Regrouped { WorkerId = Name(worker), Generation = regroup.Generation, Position = new() }.ToByteArray(), Regrouped.Parser);
                break;
            case ExchangePlan plan:
                _plan = plan;
                Send(worker, new Synchronized { WorkerId = Name(worker), Generation = plan.Generation, Step = plan.Step, ReplicaDigest = "equal" }.ToByteArray(), Synchronized.Parser);
                break;
            case StepPlan plan:
                (_lastPlanned, _plansOfLast) = (plan.Step, plan.Step == _lastPlanned ? _plansOfLast + 1 : 1);
                break;
        }
    }

    private void Send(int worker, byte[] bytes, MessageParser parser)
    {
        MessageBytes += bytes.Length;
        _coordinator.Tell(parser.ParseFrom(bytes), _postboxes[worker]);
    }

    /// <summary>Where the coordinator's messages to a worker come out.</summary>
    private sealed class Postbox : ReceiveActor
    {
        public Postbox(int worker, BlockingCollection<(int Worker, IMessage Message, int Bytes)> received) => ReceiveAny(o =>
        {
            var message = (IMessage)o;
            var bytes = message.ToByteArray();
            received.Add((worker, message.Descriptor.Parser.ParseFrom(bytes), bytes.Length));
        });
    }
}
