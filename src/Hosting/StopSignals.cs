using System.Runtime.InteropServices;

namespace DistSeq2Seq.Hosting;

/// <summary>
/// SIGTERM and SIGINT ask a process to end: the first time it is asked, so that it can finish what it does and save; the second time it
/// ends at once.
/// </summary>
public sealed class StopSignals : IDisposable
{
    private readonly Action _ask;
    private readonly Action _endNow;
    private readonly PosixSignalRegistration _terminate;
    private readonly PosixSignalRegistration _interrupt;
    private bool _asked;

    /// <param name="ask">Called at each signal.</param>
    /// <param name="endNow">Called at the second one before that: no actor is asked any more.</param>
    /// <param name="hasParent">Ctrl-C reaches every process of a terminal; where a parent holds the lifeline, the parent decides what
    /// happens.</param>
    public StopSignals(Action ask, Action endNow, bool hasParent)
    {
        (_ask, _endNow) = (ask, endNow);
        _terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, OnSignal);
        _interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, context =>
        {
            context.Cancel = true;
            if (!hasParent)
                OnSignal(context);
        });
    }

    /// <summary>Whether a signal has come.</summary>
    public bool Asked => Volatile.Read(ref _asked);

    /// <inheritdoc/>
    public void Dispose()
    {
        _terminate.Dispose();
        _interrupt.Dispose();
    }

    private void OnSignal(PosixSignalContext context)
    {
        context.Cancel = true;
        if (Interlocked.Exchange(ref _asked, true))
            _endNow();
        _ask();
    }
}
