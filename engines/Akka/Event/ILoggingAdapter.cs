namespace Akka.Event;

/// <summary>Writes to the log; see <see cref="LoggingExtensions"/> for the short forms.</summary>
public interface ILoggingAdapter
{
    /// <summary>Fills values into texts.</summary>
    ILogMessageFormatter Formatter { get; }

    /// <summary>Whether anybody reads lines of this level.</summary>
    bool IsDebugEnabled { get; }

    /// <summary>Whether anybody reads lines of this level.</summary>
    bool IsInfoEnabled { get; }

    /// <summary>Whether anybody reads lines of this level.</summary>
    bool IsWarningEnabled { get; }

    /// <summary>Whether anybody reads lines of this level.</summary>
    bool IsErrorEnabled { get; }

    /// <summary>Whether anybody reads lines of this level.</summary>
    bool IsEnabled(LogLevel logLevel);

    /// <summary>Writes a line.</summary>
    void Log(LogLevel logLevel, Exception cause, LogMessage message);

    /// <summary>Writes a line.</summary>
    void Log(LogLevel logLevel, Exception cause, string format);
}

/// <summary>Writes to a bus, whose subscribers are the loggers.</summary>
public sealed class BusLogging : ILoggingAdapter
{
    private readonly LoggingBus _bus;
    private readonly string _source;
    private readonly Type _class;

    /// <summary>For a source, such as an actor's path.</summary>
    public BusLogging(LoggingBus bus, string logSource, Type logClass, ILogMessageFormatter logMessageFormatter)
    {
        (_bus, _source, _class, Formatter) = (bus, logSource, logClass, logMessageFormatter);
    }

    /// <inheritdoc/>
    public ILogMessageFormatter Formatter { get; }

    /// <inheritdoc/>
    public bool IsDebugEnabled => IsEnabled(LogLevel.DebugLevel);

    /// <inheritdoc/>
    public bool IsInfoEnabled => IsEnabled(LogLevel.InfoLevel);

    /// <inheritdoc/>
    public bool IsWarningEnabled => IsEnabled(LogLevel.WarningLevel);

    /// <inheritdoc/>
    public bool IsErrorEnabled => IsEnabled(LogLevel.ErrorLevel);

    /// <inheritdoc/>
    public bool IsEnabled(LogLevel logLevel) => logLevel >= _bus.LogLevel;

    /// <inheritdoc/>
    public void Log(LogLevel logLevel, Exception cause, LogMessage message) => Write(logLevel, cause, message);

    /// <inheritdoc/>
    public void Log(LogLevel logLevel, Exception cause, string format) => Write(logLevel, cause, format);

    private void Write(LogLevel level, Exception cause, object message)
    {
        if (!IsEnabled(level)) return;
        _bus.Publish(level switch
        {
            LogLevel.DebugLevel => new Debug(cause, _source, _class, message),
            LogLevel.InfoLevel => new Info(cause, _source, _class, message),
            LogLevel.WarningLevel => new Warning(cause, _source, _class, message),
            _ => new Error(cause, _source, _class, message),
        });
    }
}
