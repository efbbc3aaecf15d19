using Akka.Actor;

namespace Akka.Event;

/// <summary>Makes logging adapters.</summary>
public static class Logging
{
    /// <summary>For an actor.</summary>
    public static ILoggingAdapter GetLogger(this IActorContext context, ILogMessageFormatter logMessageFormatter = null) =>
        new BusLogging(
            context.System.EventStream, context.Self.Path.ToString(), context.Props.Type,
            logMessageFormatter ?? DefaultLogMessageFormatter.Instance);

    /// <summary>For anything else: a text, a type, an actor or an object.</summary>
    public static ILoggingAdapter GetLogger(ActorSystem system, object logSourceObj, ILogMessageFormatter logMessageFormatter = null)
    {
        var (source, type) = logSourceObj switch
        {
            string text => (text, typeof(ActorSystem)),
            Type t => (t.Name, t),
            IActorRef actor => (actor.Path.ToString(), actor.GetType()),
            _ => (logSourceObj.GetType().Name, logSourceObj.GetType()),
        };
        return new BusLogging(system.EventStream, $"{source} ({system.Name})", type, logMessageFormatter ?? DefaultLogMessageFormatter.Instance);
    }

    /// <summary>The level of a name; <c>off</c> lets nothing through.</summary>
    /// <exception cref="ArgumentException">There is no such level.</exception>
    public static LogLevel LogLevelFor(string logLevel) => logLevel?.ToUpperInvariant() switch
    {
        "DEBUG" => LogLevel.DebugLevel,
        "INFO" => LogLevel.InfoLevel,
        "WARNING" => LogLevel.WarningLevel,
        "ERROR" => LogLevel.ErrorLevel,
        "OFF" => Off,
        _ => throw new ArgumentException(
            $"Unknown LogLevel: \"{logLevel}\". Valid values are: \"DEBUG\", \"INFO\", \"WARNING\", \"ERROR\", \"OFF\""),
    };

    internal const LogLevel Off = (LogLevel)int.MaxValue;

    /// <summary>The events of a level and above.</summary>
    internal static IEnumerable<Type> TypesFrom(LogLevel level)
    {
        if (level <= LogLevel.DebugLevel) yield return typeof(Debug);
        if (level <= LogLevel.InfoLevel) yield return typeof(Info);
        if (level <= LogLevel.WarningLevel) yield return typeof(Warning);
        if (level <= LogLevel.ErrorLevel) yield return typeof(Error);
    }
}
