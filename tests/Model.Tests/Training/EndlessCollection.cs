namespace DistSeq2Seq.Model.Tests.Training;

/// <summary>A thread that collects garbage without pause until it is disposed of, and runs the finalizers of what it found.</summary>
internal sealed class EndlessCollection : IDisposable
{
    /// <summary>Collections of generation 0 for each full collection, which takes much longer.</summary>
    private const int YoungOnes = 20;

    private readonly Thread _thread;
    private volatile bool _ends;

    public EndlessCollection()
    {
        _thread = new Thread(Collect) { IsBackground = true, Name = "endless collection" };
        _thread.Start();
    }

    public void Dispose()
    {
        _ends = true;
        _thread.Join();
    }

    private void Collect()
    {
        for (var round = 1; !_ends; round++)
        {
            GC.Collect(round % YoungOnes == 0 ? GC.MaxGeneration : 0);
            GC.WaitForPendingFinalizers();
        }
    }
}
