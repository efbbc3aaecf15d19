using System.Collections.Concurrent;

namespace Akka.Dispatch;

/// <summary>Gives mailboxes their turns.</summary>
internal interface IExecutor
{
    void Execute(IThreadPoolWorkItem work);

    void Release();
}

/// <summary>The .NET thread pool.</summary>
internal sealed class PoolExecutor : IExecutor
{
    public static readonly PoolExecutor Instance = new();

    public void Execute(IThreadPoolWorkItem work) => ThreadPool.UnsafeQueueUserWorkItem(work, preferLocal: false);

    public void Release()
    {
    }
}

/// <summary>A thread of its own for one actor (<c>type = PinnedDispatcher</c>), so that blocking there starves nobody.</summary>
internal sealed class PinnedExecutor : IExecutor
{
    private readonly BlockingCollection<IThreadPoolWorkItem> _work = [];

    public PinnedExecutor(string name)
    {
        new Thread(Run) { IsBackground = true, Name = name }.Start();
    }

    public void Execute(IThreadPoolWorkItem work)
    {
        try
        {
            _work.Add(work);
        }
        catch (InvalidOperationException)
        {
            // The actor has ended and its thread with it: only dead letters are left to do.
            PoolExecutor.Instance.Execute(work);
        }
    }

    public void Release() => _work.CompleteAdding();

    private void Run()
    {
        foreach (var work in _work.GetConsumingEnumerable()) work.Execute();
    }
}
