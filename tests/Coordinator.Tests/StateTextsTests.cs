using System.Text.Json;
using DistSeq2Seq.Coordinator.Services;
using DistSeq2Seq.Coordinator.Web;
using DistSeq2Seq.Protocol.Monitoring;
using Google.Protobuf;
using Google.Protobuf.Reflection;
using Xunit;

namespace DistSeq2Seq.Coordinator.Tests;

public sealed class StateTextsTests
{
    [Fact]
    public void Names_OfAllStates_AreThoseOfTheContract()
    {
        AssertNames(RunStatus.Descriptor, StateTexts.OfRuns, state => state.Name());
        AssertNames(WorkerStatus.Descriptor, StateTexts.OfWorkers, state => state.Name());
    }

    [Fact]
    public void Tones_OfAllStates_OnlyAFailureAndAReplicaThatDifferedAreBad()
    {
        Assert.Equal([RunStatus.Types.State.Failed], StateTexts.OfRuns.Where(state => StateTexts.ToneOf(state) == Tone.Bad));
        Assert.Equal([WorkerStatus.Types.State.Differed], StateTexts.OfWorkers.Where(state => StateTexts.ToneOf(state) == Tone.Bad));
        Assert.Equal("stopped early", RunStatus.Types.State.StoppedEarly.Words());
    }

    /// <summary>Whoever reads the JSON gets the same status, with Protobuf's own reader, too.</summary>
    [Fact]
    public void Json_OfAllStates_IsReadWhole()
    {
        foreach (var state in StateTexts.OfRuns)
        {
            var status = new RunStatus { State = state, Tone = StateTexts.ToneOf(state), Over = true };
            status.Workers.AddRange(StateTexts.OfWorkers.Select(each => new WorkerStatus { State = each, Tone = StateTexts.ToneOf(each) }));
            status.Validations.Add(new ValidationPoint { Step = 8, Loss = 1.5 });
            status.Refusals.Add("model", 2);
            var json = JsonSerializer.Serialize(status, StatusJson.Options);
            Assert.Equal(status, JsonParser.Default.Parse<RunStatus>(json));
            Assert.Equal(status, JsonSerializer.Deserialize<RunStatus>(json, StatusJson.Options));
        }
    }

    private static void AssertNames<TState>(MessageDescriptor message, IReadOnlyList<TState> states, Func<TState, string> name)
        where TState : struct, Enum
    {
        var contract = message.EnumTypes.Single(type => type.Name == "State").Values.Where(value => value.Number != 0)
            .ToDictionary(value => value.Number, value => value.Name);
        Assert.Equal(contract, states.ToDictionary(state => Convert.ToInt32(state, null), name));
    }
}
