using System.Text.Json;
using System.Text.Json.Serialization;
using DistSeq2Seq.Coordinator.Planning;
using DistSeq2Seq.Protocol;
using DistSeq2Seq.Protocol.Monitoring;
using RunState = DistSeq2Seq.Protocol.Monitoring.RunStatus.Types.State;
using WorkerState = DistSeq2Seq.Protocol.Monitoring.WorkerStatus.Types.State;

namespace DistSeq2Seq.Coordinator.Services;

/// <summary>Names and tones of the states of runs and workers. The names are those of monitor.proto.</summary>
public static class StateTexts
{
    /// <summary>Writes and reads states as their names in monitor.proto (<c>stopped_early</c>).</summary>
    public static JsonConverter JsonNames { get; } = new JsonStringEnumConverter(JsonNamingPolicy.SnakeCaseLower,
        allowIntegerValues: false);

    /// <summary>All states that a run can be in.</summary>
    public static IReadOnlyList<RunState> OfRuns { get; } = [.. Enum.GetValues<RunState>().Where(state => state != RunState.Unspecified)];

    /// <summary>All states that a worker can be in.</summary>
    public static IReadOnlyList<WorkerState> OfWorkers { get; } =
        [.. Enum.GetValues<WorkerState>().Where(state => state != WorkerState.Unspecified)];

    /// <summary>The name in JSON and metrics: <c>stopped_early</c>.</summary>
    public static string Name(this RunState state) => JsonNamingPolicy.SnakeCaseLower.ConvertName(state.ToString());

    /// <summary>The name in JSON and metrics.</summary>
    public static string Name(this WorkerState state) => JsonNamingPolicy.SnakeCaseLower.ConvertName(state.ToString());

    /// <summary>The words for people: <c>stopped early</c>.</summary>
    public static string Words(this RunState state) => state.Name().Replace('_', ' ');

    /// <summary>The words for people.</summary>
    public static string Words(this WorkerState state) => state.Name().Replace('_', ' ');

    /// <summary>Whether a run's state is good, bad or neutral for people.</summary>
    public static Tone ToneOf(RunState state) => state switch
    {
        RunState.Training or RunState.Validating or RunState.Finishing or RunState.Finished or RunState.StoppedEarly => Tone.Good,
        RunState.Failed => Tone.Bad,
        _ => Tone.Neutral,
    };

    /// <summary>Whether a worker's state is good, bad or neutral for people.</summary>
    public static Tone ToneOf(WorkerState state) => state switch
    {
        WorkerState.Training => Tone.Good,
        WorkerState.Differed => Tone.Bad,
        _ => Tone.Neutral,
    };

    /// <summary>The state of a run.</summary>
    internal static RunState Of(RunMachine machine) => machine.Phase switch
    {
        RunPhase.Waiting => RunState.Waiting,
        RunPhase.Regrouping => RunState.Regrouping,
        RunPhase.Synchronizing => RunState.Synchronizing,
        RunPhase.Training => machine.IsAtRest ? RunState.Paused : RunState.Training,
        RunPhase.Validating => RunState.Validating,
        RunPhase.Finishing => RunState.Finishing,
        RunPhase.Finished => machine.ExitCode switch
        {
            ExitCodes.Success => machine.StoppedEarly ? RunState.StoppedEarly : RunState.Finished,
            ExitCodes.Terminated => RunState.Stopped,
            _ => RunState.Failed,
        },
        _ => throw new ArgumentOutOfRangeException(nameof(machine), machine.Phase, "no such phase"),
    };

    /// <summary>The state of a worker.</summary>
    /// <param name="phase">Phase of the run.</param>
    /// <param name="worker">The worker.</param>
    /// <param name="isMember">Whether it is in the exchange plan.</param>
    internal static WorkerState Of(RunPhase phase, WorkerEntry worker, bool isMember) =>
        !isMember
        ? (worker.Phase == WorkerPhase.Preparing ? WorkerState.Preparing : WorkerState.Spare)
        : phase == RunPhase.Synchronizing && !worker.Synchronized ? WorkerState.Synchronizing
        : worker.Differed ? WorkerState.Differed
        : worker.Straggles ? WorkerState.Slow
        : WorkerState.Training;
}
