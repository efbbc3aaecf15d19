using Akka.Actor;
using DistSeq2Seq.Hosting.Actors;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace DistSeq2Seq.Worker.Tests;

public class ActorFailureTests
{
    /// <summary>The hosts end their process when their actor stops; that it does not start anew is a setting of the actor system.</summary>
    [Fact]
    public async Task Failure_OfAnActor_StopsItInsteadOfBuildingItAnew()
    {
        await using var node = await ActorNodeHost.StartAsync(new ActorNode { Role = NodeRoles.Worker }, NullLoggerFactory.Instance);
        var built = new List<int>();
        var stopped = new TaskCompletionSource();
        Action building = () => built.Add(1), stopping = stopped.SetResult;
        var actor = node.System.ActorOf(Props.Create(() => new Fragile(building, stopping)));
        actor.Tell("fail");
        await stopped.Task.WaitAsync(TimeSpan.FromMinutes(1));
        Assert.Single(built);
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
