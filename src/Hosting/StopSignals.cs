using System.Runtime.InteropServices;

namespace DistSeq2Seq.Hosting;

/// <summary>
/// Handles SIGTERM and SIGINT. The first signal asks the process to end, so that it can finish its work and save. The second one ends it at
/// once.
/// </summary>
public sealed class StopSignals : IDisposable
{
    private readonly Action _ask;
    private readonly Action _endNow;
    private readonly PosixSignalRegistration _terminate;
    private readonly PosixSignalRegistration _interrupt;
    private bool _asked;

    /// <param name="ask">Asks the process to end; called at each signal.</param>
    /// <param name="endNow">Ends the process at once; called before <paramref name="ask"/> at the second signal and later ones.</param>
    /// <param name="hasParent">Whether to ignore SIGINT. Ctrl-C reaches every process of a terminal; where a parent process holds the
    /// lifeline, the parent decides.</param>
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
