namespace DistSeq2Seq.Cluster.Tests.Support;

/// <summary>A process of a run, as a <see cref="RunStory"/> follows it.</summary>
internal interface IRunProcess
{
    /// <summary>What it wrote to standard output so far.</summary>
    string Output { get; }

    /// <summary>What it wrote to standard error so far.</summary>
    string Error { get; }

    /// <summary>How it ended; null while it runs.</summary>
    int? ExitCode { get; }

    /// <summary>Says each signal that the test sent it.</summary>
    event Action<string>? Signalled;

    /// <summary>What its own messages of failures carry: more of the run than it knows. Its own log where this is null.</summary>
    Func<string>? Explanation { get; set; }

    /// <summary>Waits for its end.</summary>
    /// <param name="atMost">How long; <see cref="Patience.Long"/> unless given.</param>
    /// <returns>Its exit code.</returns>
    /// <exception cref="TimeoutException">It has not ended by then.</exception>
    Task<int> WaitAsync(TimeSpan? atMost = null);
}
