using System.Globalization;

namespace Akka.Event;

/// <summary>How much something matters.</summary>
public enum LogLevel
{
    /// <summary>For those who look for an error.</summary>
    DebugLevel,

    /// <summary>Good to know.</summary>
    InfoLevel,

    /// <summary>Something may be wrong.</summary>
    WarningLevel,

    /// <summary>Something is wrong.</summary>
    ErrorLevel,
}

/// <summary>A line of the log.</summary>
public abstract class LogEvent
{
    /// <summary>Sets the time and the thread.</summary>
    protected LogEvent(Exception cause, string logSource, Type logClass, object message)
    {
        (Cause, LogSource, LogClass, Message) = (cause, logSource, logClass, message);
        Timestamp = DateTime.UtcNow;
        Thread = Thread.CurrentThread;
    }

    /// <summary>The error, or null.</summary>
    public Exception Cause { get; protected set; }

    /// <summary>When, in UTC.</summary>
    public DateTime Timestamp { get; }

    /// <summary>The thread that wrote it.</summary>
    public Thread Thread { get; }

    /// <summary>Who wrote it; an actor's path.</summary>
    public string LogSource { get; protected set; }

    /// <summary>The type that wrote it.</summary>
    public Type LogClass { get; protected set; }

    /// <summary>What it says: text, or a <see cref="LogMessage"/>.</summary>
    public object Message { get; protected set; }

    /// <summary>How much it matters.</summary>
    public abstract LogLevel LogLevel();

    /// <inheritdoc/>
    public override string ToString()
    {
        var level = LogLevel().ToString().Replace("Level", "").ToUpperInvariant();
        var cause = Cause == null ? "" : Environment.NewLine + "Cause: " + Cause;
        return string.Create(CultureInfo.InvariantCulture, $"[{level}][{Timestamp:MM/dd/yyyy HH:mm:ss.fff}Z]") +
            string.Create(CultureInfo.InvariantCulture, $"[Thread {Thread.ManagedThreadId:0000}][{LogSource}] {Message}{cause}");
    }
}

/// <summary>Something is wrong.</summary>
public class Error(Exception cause, string logSource, Type logClass, object message) : LogEvent(cause, logSource, logClass, message)
{
    /// <inheritdoc/>
    public override LogLevel LogLevel() => Event.LogLevel.ErrorLevel;
}

/// <summary>Something may be wrong.</summary>
public class Warning(Exception cause, string logSource, Type logClass, object message) : LogEvent(cause, logSource, logClass, message)
{
    /// <summary>Without an error.</summary>
    public Warning(string logSource, Type logClass, object message) : this(null, logSource, logClass, message)
    {
    }

    /// <inheritdoc/>
    public override LogLevel LogLevel() => Event.LogLevel.WarningLevel;
}

/// <summary>Good to know.</summary>
public class Info(Exception cause, string logSource, Type logClass, object message) : LogEvent(cause, logSource, logClass, message)
{
    /// <summary>Without an error.</summary>
    public Info(string logSource, Type logClass, object message) : this(null, logSource, logClass, message)
    {
    }

    /// <inheritdoc/>
    public override LogLevel LogLevel() => Event.LogLevel.InfoLevel;
}

/// <summary>For those who look for an error.</summary>
public class Debug(Exception cause, string logSource, Type logClass, object message) : LogEvent(cause, logSource, logClass, message)
{
    /// <summary>Without an error.</summary>
    public Debug(string logSource, Type logClass, object message) : this(null, logSource, logClass, message)
    {
    }

    /// <inheritdoc/>
    public override LogLevel LogLevel() => Event.LogLevel.DebugLevel;
}
