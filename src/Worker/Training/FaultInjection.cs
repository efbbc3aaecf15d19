using System.Diagnostics;
using System.Globalization;
using DistSeq2Seq.Configuration;
using Microsoft.Extensions.Logging;

namespace DistSeq2Seq.Worker.Training;

/// <summary>
/// Faults that a test asks this process for through the environment variable <c>DISTSEQ2SEQ_FAULT</c>: those that no signal and no network
/// can bring about. Without the variable there are none; with it, the log says so.
/// </summary>
/// <remarks>
/// Faults are separated by semicolons, each <c>name@step=FIRST[-LAST][,times=N]</c>; at each step a fault strikes N times in this
/// process, once by default, always for 0. <c>exception</c>: the step throws. <c>die-in-exchange</c>: SIGKILL after the first sum
/// was sent. <c>die-between-gather-and-apply</c>: SIGKILL with the finished sum at hand. <c>nan</c> (<c>,micro_batch=M</c>, 0 by
/// default): that micro-batch's gradient is not a number where this process computes it. <c>corrupt-replica</c>: one bit of the
/// parameters flips after the step. And <c>slow=X</c>: every micro-batch takes X times its time; <c>pace=X</c>: at least X
/// milliseconds, on an idle machine too.
/// </remarks>
internal sealed partial class FaultInjection
{
    /// <summary>The environment variable.</summary>
    public const string Variable = "DISTSEQ2SEQ_FAULT";

    private static readonly string[] Names = ["exception", "die-in-exchange", "die-between-gather-and-apply", "nan", "corrupt-replica"];

    private readonly List<Fault> _faults = [];
    private double _slowness = 1;
    private TimeSpan _pace;

    /// <summary>Reads what the environment asks for.</summary>
    /// <exception cref="ConfigurationException">It cannot be read.</exception>
    public static FaultInjection FromEnvironment(ILogger logger)
    {
        var text = Environment.GetEnvironmentVariable(Variable);
        if (string.IsNullOrEmpty(text))
            return new FaultInjection();
        LogFaults(logger, Variable, text);
        return Parse(text);
    }

    /// <summary>Reads a list of faults.</summary>
    /// <exception cref="ConfigurationException">It cannot be read.</exception>
    internal static FaultInjection Parse(string text)
    {
        var injection = new FaultInjection();
        foreach (var item in text.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
            injection.Add(item);
        return injection;
    }

    /// <summary>The step begins.</summary>
    public void Begin(long step)
    {
        if (Strikes("exception", step))
            throw new InvalidOperationException($"an exception at step {step}, as {Variable} asks");
    }

    /// <summary>A micro-batch of the step was computed; its gradient may still be changed.</summary>
    /// <param name="step">The step.</param>
    /// <param name="microBatch">Index of the micro-batch.</param>
    /// <param name="began">When its computation began, of <see cref="Stopwatch"/>.</param>
    /// <param name="gradient">Its gradient.</param>
    public void Computed(long step, int microBatch, long began, Span<float> gradient)
    {
        if (_slowness > 1)
            Thread.Sleep(Stopwatch.GetElapsedTime(began) * (_slowness - 1));
        if (_pace > TimeSpan.Zero && _pace - Stopwatch.GetElapsedTime(began) is var rest && rest > TimeSpan.Zero)
            Thread.Sleep(rest);
        if (Strikes("nan", step, microBatch))
            gradient[0] = float.NaN;
    }

    /// <summary>A sum of the step was sent to its owners.</summary>
    public void Contributed(long step) => DieWhen("die-in-exchange", step);

    /// <summary>The finished sum of the step is here and not applied.</summary>
    public void Gathered(long step) => DieWhen("die-between-gather-and-apply", step);

    /// <summary>The step was applied.</summary>
    public void Applied(long step, Span<float> parameters)
    {
        if (Strikes("corrupt-replica", step))
            parameters[0] = BitConverter.Int32BitsToSingle(BitConverter.SingleToInt32Bits(parameters[0]) ^ (1 << 20));
    }

    private void DieWhen(string name, long step)
    {
        if (Strikes(name, step))
            Process.GetCurrentProcess().Kill();
    }

    private bool Strikes(string name, long step, int microBatch = 0) => _faults.Any(f => f.Name == name && f.Strikes(step, microBatch));

    private void Add(string item)
    {
        try
        {
            if (item.StartsWith("slow=", StringComparison.Ordinal))
            {
                _slowness = double.Parse(item["slow=".Length..], CultureInfo.InvariantCulture);
                return;
            }

            if (item.StartsWith("pace=", StringComparison.Ordinal))
            {
                _pace = TimeSpan.FromMilliseconds(int.Parse(item["pace=".Length..], NumberStyles.None, CultureInfo.InvariantCulture));
                return;
            }

            var at = item.IndexOf('@', StringComparison.Ordinal);
            var values = item[(at + 1)..].Split(',').Select(v => v.Split('=', 2)).ToDictionary(v => v[0], v => v[1]);
            var steps = values["step"].Split('-').Select(s => long.Parse(s, CultureInfo.InvariantCulture)).ToArray();
            _faults.Add(new Fault(
                Names.Single(n => n == item[..at]), steps[0], steps[^1],
                int.Parse(values.GetValueOrDefault("micro_batch", "0"), CultureInfo.InvariantCulture),
                int.Parse(values.GetValueOrDefault("times", "1"), CultureInfo.InvariantCulture)));
        }
        catch (Exception e) when (e is FormatException or OverflowException or InvalidOperationException or KeyNotFoundException
            or ArgumentException or IndexOutOfRangeException)
        {
            throw new ConfigurationException($"{Variable} holds `{item}`; it takes slow=X, pace=MILLISECONDS or "
                + $"NAME@step=N[-M][,times=T][,micro_batch=I] with NAME one of: {string.Join(", ", Names)}");
        }
    }

    [LoggerMessage(EventId = 20, Level = LogLevel.Warning, Message = "FAULT INJECTION IS ON in this process, for tests only: "
        + "{Variable}={Faults}")]
    private static partial void LogFaults(ILogger logger, string variable, string faults);

    private sealed record Fault(string Name, long First, long Last, int MicroBatch, int Times)
    {
        private readonly Dictionary<long, int> _struck = [];

        public bool Strikes(long step, int microBatch)
        {
            var before = _struck.GetValueOrDefault(step);
            if (step < First || step > Last || microBatch != MicroBatch || (Times > 0 && before >= Times))
                return false;
            _struck[step] = before + 1;
            return true;
        }
    }
}
