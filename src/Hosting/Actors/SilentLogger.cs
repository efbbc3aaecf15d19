using Akka.Event;

namespace DistSeq2Seq.Hosting.Actors;

/// <summary>
/// Akka.NET's own logger before <see cref="NodeLogger"/> is there and after it: it says nothing. Failures to start are thrown; a
/// message that finds no remoting at the end of a process is no concern of a reader.
/// </summary>
public sealed class SilentLogger : MinimalLogger
{
    /// <inheritdoc/>
    protected override void Log(object message)
    {
    }
}
