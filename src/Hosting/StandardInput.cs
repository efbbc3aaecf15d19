namespace DistSeq2Seq.Hosting;

/// <summary>Standard input as a lifeline: it ends when the process that started this one is gone, even after a crash.</summary>
public static class StandardInput
{
    /// <summary>Calls <paramref name="closed"/> on another thread once standard input has ended.</summary>
    public static void WhenClosed(Action closed)
    {
        var thread = new Thread(() =>
        {
            using var input = Console.OpenStandardInput();
            var buffer = new byte[256];
            while (input.Read(buffer) > 0)
            {
                // No input is expected; any that comes is ignored.
            }

            closed();
        })
        { Name = "lifeline", IsBackground = true };
        thread.Start();
    }
}
