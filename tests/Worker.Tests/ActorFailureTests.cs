using Akka.Actor;
using Akka.Configuration;
using DistSeq2Seq.Protocol.Actors;
using Xunit;

namespace DistSeq2Seq.Worker.Tests;

public class ActorFailureTests
{
    /// <summary>The hosts end their process when their actor stops; that it does not start anew is a setting of the actor system.</summary>
    [Fact]
    public async Task Failure_OfAnActor_StopsItInsteadOfBuildingItAnew()
    {
        using var system = ActorSystem.Create(ActorSystemSettings.SystemName, ConfigurationFactory.ParseString(
            ActorSystemSettings.Hocon(ActorSystemSettings.Worker, "127.0.0.1", "127.0.0.1", 0, [], 3)));
        var built = new List<int>();
        var stopped = new TaskCompletionSource();
        Action building = () => built.Add(1), stopping = stopped.SetResult;
        var actor = system.ActorOf(Props.Create(() => new Fragile(building, stopping)));
        actor.Tell("fail");
        await stopped.Task.WaitAsync(TimeSpan.FromMinutes(1));
        Assert.Single(built);
        await system.Terminate();
    }

    private sealed class Fragile : ReceiveActor
    {
        private readonly Action _stopped;

        public Fragile(Action built, Action stopped)
        {
            built();
            _stopped = stopped;
            Receive<string>(text => throw new InvalidOperationException(text));
        }

        protected override void PostStop() => _stopped();
    }
}
