using Akka.Event;

namespace DistSeq2Seq.Hosting.Actors;

/// <summary>
/// Akka.NET's own logger before <see cref="NodeLogger"/> is there and after it: it says nothing. Failures to start are thrown; that a
/// message found no remoting any more, at the end of a process, concerns nobody.
/// </summary>
public sealed class SilentLogger : MinimalLogger
{
    /// <inheritdoc/>
    protected override void Log(object message)
    {
    }
}
