using System.Globalization;
using System.Text;
using Akka.Actor;
using Akka.Event;
using Akka.Serialization;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Xunit;

namespace DistSeq2Seq.Engines.Tests.Akka;

/// <summary>Two systems in one process that talk over TCP.</summary>
public class RemotingTests : ActorTest
{
    private const string Remote = """
        akka.actor.provider = remote
        akka.remote.dot-netty.tcp { hostname = "127.0.0.1", port = 0 }
        akka.remote.watch-failure-detector { heartbeat-interval = 200 ms, acceptable-heartbeat-pause = 1 s }
        akka.remote.retry-gate-closed-for = 300 ms
        """;

    private static readonly string TempSerializer = $$"""
        akka.actor {
          serializers.temperature = "{{typeof(TemperatureSerializer).FullName}}, {{typeof(TemperatureSerializer).Assembly.GetName().Name}}"
          serialization-bindings { "{{typeof(Temperature).FullName}}, {{typeof(Temperature).Assembly.GetName().Name}}" = temperature }
        }
        """;

    [Fact]
    public async Task Tell_OtherSystem_ArrivesInOrderAndCanBeAnswered()
    {
        var (a, b) = (Start("a", Remote), Start("b", Remote));
        var receiver = new Probe(b, "receiver");
        var sender = new Probe(a);
        var remote = await Resolve(a, b, "receiver");
        for (var i = 0; i < 2000; i++) remote.Tell(new Int64Value { Value = i }, sender.Ref);
        for (var i = 0; i < 2000; i++) Assert.Equal(i, (await receiver.Next<Int64Value>()).Value);
        receiver.LastSender.Tell(new StringValue { Value = "thanks" }, receiver.Ref);
        Assert.Equal("thanks", (await sender.Next<StringValue>()).Value);
        Assert.Equal(remote, sender.LastSender);
    }

    [Fact]
    public async Task Ask_OtherSystem_IsAnswered()
    {
        var (a, b) = (Start("a", Remote), Start("b", Remote));
        b.ActorOf(Props.Create(() => new Doubler()), "doubler");
        var remote = await Resolve(a, b, "doubler");
        Assert.Equal(42, (await remote.Ask<Int64Value>(new Int64Value { Value = 21 }, Probe.Limit)).Value);
    }

    [Fact]
    public async Task Tell_CustomSerializer_IsUsed()
    {
        var (a, b) = (Start("a", TempSerializer + "\n" + Remote), Start("b", TempSerializer + "\n" + Remote));
        var receiver = new Probe(b, "receiver");
        (await Resolve(a, b, "receiver")).Tell(new Temperature(21.5));
        Assert.Equal(new Temperature(21.5), await receiver.Next<Temperature>());
    }

    [Fact]
    public async Task Tell_Oversize_IsDroppedWithAnErrorAndTheConnectionLives()
    {
        var (a, b) = (Start("a", Remote), Start("b", Remote));
        var errors = new Probe(a);
        a.EventStream.Subscribe(errors.Ref, typeof(Error));
        var receiver = new Probe(b, "receiver");
        var remote = await Resolve(a, b, "receiver");
        remote.Tell(new BytesValue { Value = ByteString.CopyFrom(new byte[128_000]) });
        remote.Tell(new StringValue { Value = "small" });
        Assert.Equal("small", (await receiver.Next<StringValue>()).Value);
        var error = await errors.Until<Error>();
        Assert.Contains("oversized payload", error.Cause.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Watch_RemoteActorEnds_IsTold()
    {
        var (a, b) = (Start("a", Remote), Start("b", Remote));
        var victim = new Probe(b, "victim");
        var remote = await Resolve(a, b, "victim");
        var watcher = new Probe(a);
        watcher.Watch(remote);
        victim.Ref.Tell(PoisonPill.Instance);
        var terminated = await watcher.Next<Terminated>();
        Assert.Equal(remote, terminated.ActorRef);
        Assert.False(terminated.AddressTerminated);
    }

    [Fact]
    public async Task Watch_RemoteActorDoesNotExist_IsTold()
    {
        var (a, b) = (Start("a", Remote), Start("b", Remote));
        new Probe(b, "victim").Ref.Tell(PoisonPill.Instance);
        var path = new RootActorPath(Address(b)) / "user" / "never-there";
        var watcher = new Probe(a);
        watcher.Watch(((ExtendedActorSystem)a).Provider.ResolveActorRef(path.ToString()));
        await watcher.Next<Terminated>();
    }

    [Fact]
    public async Task Watch_RemoteSystemEnds_IsTold()
    {
        var (a, b) = (Start("a", Remote), Start("b", Remote));
        _ = new Probe(b, "victim");
        var remote = await Resolve(a, b, "victim");
        var watcher = new Probe(a);
        watcher.Watch(remote);
        await b.Terminate();
        Assert.Equal(remote, (await watcher.Next<Terminated>()).ActorRef);
    }

    [Fact]
    public async Task Restart_OtherSystemOnItsAddress_IsReachedAgain()
    {
        var a = Start("a", Remote);
        var b = Start("b", Remote);
        _ = new Probe(b, "receiver");
        var address = Address(b);
        var old = await Resolve(a, b, "receiver");
        await b.Terminate();
        b = Start("b", $"akka.remote.dot-netty.tcp.port = {address.Port}\n" + "akka.remote.dot-netty.tcp.hostname = \"127.0.0.1\"\n" +
            "akka.actor.provider = remote");
        var receiver = new Probe(b, "receiver");
        var selection = a.ActorSelection(new RootActorPath(address) / "user" / "receiver");
        IActorRef? again = null;
        for (var until = DateTime.UtcNow + Probe.Limit; again == null;)
        {
            try
            {
                again = await selection.ResolveOne(TimeSpan.FromMilliseconds(300));
            }
            catch (ActorNotFoundException) when (DateTime.UtcNow < until)
            {
                // The address is gated for a moment.
            }
        }

        Assert.NotEqual(old, again);
        again.Tell(new StringValue { Value = "hello" });
        Assert.Equal("hello", (await receiver.Until<StringValue>()).Value);
    }

    private static Address Address(ActorSystem system) => ((ExtendedActorSystem)system).Provider.DefaultAddress;

    private static Task<IActorRef> Resolve(ActorSystem from, ActorSystem to, string name) =>
        from.ActorSelection(new RootActorPath(Address(to)) / "user" / name).ResolveOne(Probe.Limit);

    private sealed class Doubler : ReceiveActor
    {
        public Doubler() => Receive<Int64Value>(v => Sender.Tell(new Int64Value { Value = v.Value * 2 }));
    }
}

/// <summary>A message that is no Protobuf message.</summary>
public sealed record Temperature(double Degrees);

/// <summary>Writes it as text.</summary>
public sealed class TemperatureSerializer(ExtendedActorSystem system) : SerializerWithStringManifest(system)
{
    /// <inheritdoc/>
    public override int Identifier => 1001;

    /// <inheritdoc/>
    public override string Manifest(object o) => "temperature";

    /// <inheritdoc/>
    public override byte[] ToBinary(object obj) =>
        Encoding.UTF8.GetBytes(((Temperature)obj).Degrees.ToString(CultureInfo.InvariantCulture));

    /// <inheritdoc/>
    public override object FromBinary(byte[] bytes, string manifest) =>
        new Temperature(double.Parse(Encoding.UTF8.GetString(bytes), CultureInfo.InvariantCulture));
}
