using System.Globalization;
using System.Threading.Channels;
using Akka.Actor;
using Akka.Cluster;
using DistSeq2Seq.Cluster.Tests.Support;
using DistSeq2Seq.Configuration;
using DistSeq2Seq.Exchange;
using DistSeq2Seq.Hosting.Actors;
using DistSeq2Seq.Model.Data.Corpus;
using DistSeq2Seq.Model.Training;
using DistSeq2Seq.Protocol;
using DistSeq2Seq.Protocol.Cluster;
using DistSeq2Seq.Protocol.Plans;
using Google.Protobuf;
using Grpc.Core;
using Grpc.Net.Client;
using Microsoft.Extensions.Logging.Abstractions;
using Status = Grpc.Core.Status;

namespace DistSeq2Seq.Cluster.Tests.Chaos;

/// <summary>
/// A worker of the test's own that joins a real run: it speaks the protocol of the actors as real ones do, and then sends what it
/// must not. It owns no shards, so it is for a star.
/// </summary>
internal sealed class Impostor : IDisposable
{
    private readonly ActorNodeHost _node;
    private readonly IActorRef _voice;
    private readonly Channel<IMessage> _heard = Channel.CreateUnbounded<IMessage>();
    private readonly PeerChannels _channels = new();
    private readonly ChaosRun _run;
    private Replica? _replica;

    /// <param name="run">The run to join.</param>
    public Impostor(ChaosRun run)
    {
        _run = run;
        const double patienceSeconds = 60;
        _node = ActorNodeHost.StartAsync(new ActorNode
        {
            Role = NodeRoles.Worker,
            Seeds = [run.CoordinatorAddress],
            HeartbeatPauseSeconds = patienceSeconds,
        }, NullLoggerFactory.Instance)
            .GetAwaiter().GetResult();
        _voice = _node.System.ActorOf(Props.Create(() => new Voice(_heard.Writer)), NodeRoles.Worker);
    }

    /// <summary>What it calls itself now.</summary>
    public string WorkerId { get; private set; } = "";

    /// <summary>The last plan that it was given.</summary>
    public ExchangePlan Plan { get; private set; } = new();

    /// <summary>Joins under a new name, and says that it is ready.</summary>
    /// <param name="distort">Changes what it says of itself.</param>
    public async Task JoinAsync(Action<WorkerReady>? distort = null)
    {
        WorkerId = Guid.NewGuid().ToString();
        _voice.Tell(new Voice.Announce(new JoinRequest
        {
            WorkerId = WorkerId,
            Host = "127.0.0.1",
            GrpcAddress = "http://127.0.0.1:9",
            ProcessId = System.Environment.ProcessId,
            Device = "cpu",
            Position = new ReplicaPosition(),
            ProtocolVersion = ProtocolVersion.Current,
        }));
        var run = await HearAsync<Welcome>();
        var configuration = ConfigurationReader.Parse(run.ConfigurationYaml, "the coordinator's configuration");
        using var data = PreparedFolder.Open(run.PreparedFolder);
        _replica ??= new Replica(configuration, data.SourceVocabulary.Count, data.TargetVocabulary.Count);
        var ready = new WorkerReady
        {
            WorkerId = WorkerId,
            CorpusDigest = data.TrainCorpus.Digest,
            Position = new ReplicaPosition(),
            Arithmetic = Arithmetic.Describe(configuration.Cluster.ThreadsPerWorker),
        };
        ready.Layout.AddRange(_replica.Layout.Tensors.Select(t => new TensorShape { Name = t.Name, Shape = { t.Shape } }));
        ready.Slots.AddRange(_replica.SlotNames);
        distort?.Invoke(ready);
        Say(ready);
    }

    /// <summary>
    /// Follows the coordinator into a generation that is newer than its last, with the common state, up to its first step.
    /// </summary>
    public async Task<StepPlan> TakePartAsync()
    {
        var replica = _replica!;
        var last = Plan.Generation;
        while (true)
        {
            switch (await NextAsync())
            {
                case Regroup regroup:
                    Say(new Regrouped { WorkerId = WorkerId, Generation = regroup.Generation, Position = new ReplicaPosition() });
                    break;
                case ExchangePlan plan:
                    Plan = plan;
                    await StateClient.FetchAsync(_channels, plan.SourceAddress, plan.Step, replica.Sections, CancellationToken.None);
                    replica.Step = plan.Step;
                    Say(new Synchronized
                    {
                        WorkerId = WorkerId,
                        Generation = plan.Generation,
                        Step = plan.Step,
                        ReplicaDigest = replica.Digest(),
                    });
                    break;
                case StepPlan step when step.Generation == Plan.Generation && step.Generation > last:
                    return step;
                case Refused refused:
                    throw new InvalidOperationException($"the impostor was refused: {refused.Reason}\n{_run.Describe()}");
            }
        }
    }

    /// <summary>An honest frame of the first chunk of a step, but for its values.</summary>
    public TensorFrame Frame(StepPlan step, Func<TensorFrame, int, TensorFrame> distort)
    {
        var map = new ShardMap(_replica!.Layout.Count, Plan.BucketElements, Plan.ChunkElements, Plan.Owners.Count);
        var self = Plan.Members.Single(m => m.WorkerId == WorkerId);
        var node = new SummationTree(Plan.MicroBatches).Cover(self.FirstMicroBatch, self.EndMicroBatch)[0];
        var chunk = map.Chunks[0];
        var values = new float[chunk.Length];
        var honest = new TensorFrame(values)
        {
            Generation = step.Generation,
            Step = step.Step,
            Node = node,
            Offset = chunk.Offset,
            Checksum = TensorFrame.ChecksumOf(values),
        };
        return distort(honest, chunk.Length);
    }

    /// <summary>Sends frames on a stream to an owner, and returns why that refused.</summary>
    public static async Task<Status> SendAsync(string owner, string workerId, long generation, params TensorFrame[] frames)
    {
        // A channel of its own, which lets go out whatever it is given.
        using var channel = GrpcChannel.ForAddress(owner,
            new GrpcChannelOptions { MaxSendMessageSize = null, MaxReceiveMessageSize = null });
        // exchange.proto
        var headers = new Metadata { { "worker-id", workerId }, { "generation", generation.ToString(CultureInfo.InvariantCulture) } };
        using var patience = new CancellationTokenSource(Patience.Long);
        using var call = channel.CreateCallInvoker().AsyncDuplexStreamingCall(ExchangeMethods.Reduce, null,
            new CallOptions(headers, cancellationToken: patience.Token));
        try
        {
            foreach (var frame in frames)
                await call.RequestStream.WriteAsync(frame);
        }
        catch (RpcException)
        {
            // Refused before all was sent; the answer says why.
        }

        try
        {
            while (await call.ResponseStream.MoveNext(patience.Token))
                call.ResponseStream.Current.Release();
        }
        catch (RpcException e)
        {
            return e.Status;
        }

        return Status.DefaultSuccess;
    }

    /// <summary>Tells the coordinator something.</summary>
    public void Say(IMessage message) => _voice.Tell(new Voice.Out(message));

    /// <summary>Says no more that it is there.</summary>
    public void FallSilent() => _voice.Tell(new Voice.Announce(null));

    /// <summary>Waits for a message of a kind; others are passed over.</summary>
    public async Task<T> HearAsync<T>()
        where T : class, IMessage
    {
        while (true)
        {
            if (await NextAsync() is T wanted)
                return wanted;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _node.DisposeAsync().AsTask().Wait(Patience.Long);
        _channels.Dispose();
        _replica?.Dispose();
    }

    private async Task<IMessage> NextAsync()
    {
        using var patience = new CancellationTokenSource(Patience.Long);
        try
        {
            return await _heard.Reader.ReadAsync(patience.Token);
        }
        catch (OperationCanceledException)
        {
            throw new TimeoutException($"impostor {WorkerId} heard nothing within {Patience.Long}\n{_run.Describe()}");
        }
    }

    /// <summary>The actor: repeats the announcement, passes messages on in either direction.</summary>
    private sealed class Voice : ReceiveActor, IWithTimers
    {
        private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(500);
        private ActorSelection? _coordinator;
        private JoinRequest? _announcement;

        public Voice(ChannelWriter<IMessage> heard)
        {
            Receive<ClusterEvent.MemberUp>(up =>
            {
                if (up.Member.HasRole(NodeRoles.Coordinator))
                    _coordinator = Context.ActorSelection(new RootActorPath(up.Member.Address) / "user" / NodeRoles.Coordinator);
            });
            Receive<ClusterEvent.IClusterDomainEvent>(_ => { });
            Receive<Announce>(announce =>
            {
                _announcement = announce.Request;
                Say(); // before anything else that it says under this name
            });
            Receive<Tick>(_ => Say());
            Receive<Out>(message => _coordinator?.Tell(message.Message));
            Receive<IMessage>(message => heard.TryWrite(message));
        }

        public ITimerScheduler Timers { get; set; } = null!;

        protected override void PreStart()
        {
            Akka.Cluster.Cluster.Get(Context.System).Subscribe(
                Self, ClusterEvent.SubscriptionInitialStateMode.InitialStateAsEvents, typeof(ClusterEvent.IMemberEvent));
            Timers.StartPeriodicTimer(nameof(Tick), Tick.Instance, TimeSpan.Zero, Interval);
        }

        private void Say()
        {
            if (_announcement is not null)
                _coordinator?.Tell(_announcement);
        }

        public sealed record Announce(JoinRequest? Request);

        public sealed record Out(IMessage Message);

        private sealed class Tick
        {
            public static readonly Tick Instance = new();
        }
    }
}
