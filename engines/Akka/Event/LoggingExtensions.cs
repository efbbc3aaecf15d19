namespace Akka.Event;

/// <summary>Short forms of <see cref="ILoggingAdapter.Log(LogLevel, Exception, LogMessage)"/>; values are only
/// put into the text when the level is enabled.</summary>
public static partial class LoggingExtensions
{
    private static void Write(ILoggingAdapter log, LogLevel level, Exception cause, string format, params object[] args)
    {
        if (!log.IsEnabled(level)) return;
        if (args.Length == 0) log.Log(level, cause, format);
        else log.Log(level, cause, new DefaultLogMessage(log.Formatter, format, args));
    }
}
