using Akka.Actor;
using Akka.Configuration;
using DistSeq2Seq.Hosting.Actors;
using DistSeq2Seq.Protocol.Cluster;
using Microsoft.Extensions.Logging;
using Xunit;

namespace DistSeq2Seq.Hosting.Tests.Actors;

/// <summary>Nothing but Protobuf crosses between nodes, in either direction.</summary>
public sealed class SerializationTests
{
    private const string Reached = "reached";

    [Fact]
    public async Task ProtobufMessage_BetweenNodes_Arrives()
    {
        await using var nodes = new Nodes();
        var (first, second) = (await nodes.StartAsync(NodeRoles.Coordinator), await nodes.StartAsync(NodeRoles.Coordinator));
        var heard = Listen(second);
        Tell(first, second, new Leaving { WorkerId = Reached });
        Assert.Equal(new Leaving { WorkerId = Reached }, await heard.Task.WaitAsync(Nodes.Limit, TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task AnotherType_FromANode_IsNotSentAndTheLogSaysSo()
    {
        await using var nodes = new Nodes();
        var (first, second) = (await nodes.StartAsync(NodeRoles.Coordinator), await nodes.StartAsync(NodeRoles.Coordinator));
        var heard = Listen(second);
        Tell(first, second, new Gadget { Name = "a message that no node may send" });
        Tell(first, second, new Leaving { WorkerId = Reached });

        // Messages of one sender keep their order: what is heard first is what was sent after.
        Assert.IsType<Leaving>(await heard.Task.WaitAsync(Nodes.Limit, TestContext.Current.CancellationToken));
        Nodes.Until(() => nodes.Log.Lines.Any(line => line.Level >= LogLevel.Warning
            && line.Text.Contains(nameof(Gadget), StringComparison.Ordinal)),
            () => "the refusal in the log: " + string.Join('\n', nodes.Log.Lines));
    }

    /// <summary>A stranger with Akka.NET's own settings sends JSON, by the number that every node knows it by.</summary>
    [Fact]
    public async Task Json_FromAStranger_MakesNoObject()
    {
        await using var nodes = new Nodes();
        var node = await nodes.StartAsync(NodeRoles.Coordinator);
        var heard = Listen(node);
        using var stranger = ActorSystem.Create(NodeRoles.SystemName, ConfigurationFactory.ParseString(
            "akka { stdout-loglevel = OFF, loglevel = ERROR, actor.provider = remote, remote.dot-netty.tcp { hostname = 127.0.0.1, "
            + "port = 0 } }"));
        var gadget = new Gadget { Name = "made by its sender" };
        Gadget.Made = 0;

        Tell(stranger, node, gadget);
        Tell(stranger, node, new Leaving { WorkerId = Reached });

        Assert.IsType<Leaving>(await heard.Task.WaitAsync(Nodes.Limit, TestContext.Current.CancellationToken));
        Assert.Equal(0, Gadget.Made);
        await stranger.Terminate();
    }

    private static TaskCompletionSource<object> Listen(ActorSystem system)
    {
        var heard = new TaskCompletionSource<object>(TaskCreationOptions.RunContinuationsAsynchronously);
        system.ActorOf(Props.Create(() => new Listener(heard)), "listener");
        return heard;
    }

    private static void Tell(ActorSystem from, ActorSystem to, object message) =>
        from.ActorSelection($"akka.tcp://{NodeRoles.SystemName}@{Nodes.AddressOf(to)}/user/listener").Tell(message);

    private sealed class Listener : UntypedActor
    {
        private readonly TaskCompletionSource<object> _heard;

        public Listener(TaskCompletionSource<object> heard) => _heard = heard;

        protected override void OnReceive(object message) => _heard.TrySetResult(message);
    }

    /// <summary>Counts how often one is made with a name, as a deserializer does.</summary>
    public sealed class Gadget
    {
        public static int Made { get; set; }

        public string Name
        {
            get;
            set
            {
                Made++;
                field = value;
            }
        }
        = "";
    }
}
