using Akka.Actor;
using Akka.Event;
using Akka.Hosting.Logging;
using Microsoft.Extensions.Logging;
using LogLevel = Microsoft.Extensions.Logging.LogLevel;

namespace DistSeq2Seq.Hosting.Actors;

/// <summary>
/// Writes the log messages of actors to the process's log. Messages of this project's actors get the actor's name as their category.
/// Remoting's routine messages about ended connections get the level Debug.
/// </summary>
public sealed class NodeLogger : LoggerFactoryLogger
{
    private readonly ILoggerFactory _loggers = Context.System.Settings.Setup.Get<LoggerFactorySetup>().Value.LoggerFactory;

    /// <summary>
    /// Parts of warnings and errors that remoting writes whenever a node ends or is not there yet. The coordinator and the workers already
    /// log which process is gone and what follows; these messages would only repeat that, with a stack trace.
    /// </summary>
    private static readonly string[] Routine =
    [
        "Disassociated", "Association with remote system", "Tried to associate with unreachable remote address", "AssociationError",
        "Unable to REMOVE channel",
        "Couldn't join seed nodes",
    ];

    /// <inheritdoc/>
    protected override void Log(LogEvent log, ActorPath path)
    {
        var text = log.Message.ToString() ?? "";
        var level = Level(log, text);
        var logger = _loggers.CreateLogger(Category(log));
        if (logger.IsEnabled(level))
            logger.Log(level, default, text, log.Cause, static (said, _) => said);
    }

    private static LogLevel Level(LogEvent log, string text)
    {
        var isRemoting = log.LogSource.Contains("remot", StringComparison.OrdinalIgnoreCase)
            || log.LogSource.Contains("/system/endpointManager", StringComparison.Ordinal)
            || log.LogSource.Contains("/system/transports", StringComparison.Ordinal) || log.LogClass.Namespace?.StartsWith("Akka.Remote",
                StringComparison.Ordinal) == true;
        var isOfNodes = isRemoting || log.LogSource.Contains("Cluster", StringComparison.Ordinal)
            || log.LogSource.Contains("/system/cluster", StringComparison.Ordinal);
        if (isOfNodes && Routine.Any(routine => text.Contains(routine, StringComparison.Ordinal)))
            return LogLevel.Debug;
        return log.LogLevel() switch
        {
            Akka.Event.LogLevel.DebugLevel => LogLevel.Debug,
            Akka.Event.LogLevel.InfoLevel => isRemoting ? LogLevel.Debug : LogLevel.Information,
            Akka.Event.LogLevel.WarningLevel => LogLevel.Warning,
            _ => LogLevel.Error,
        };
    }

    /// <summary><c>coordinator</c> or <c>worker</c> for this project's actors, <c>Akka</c> for all others.</summary>
    private static string Category(LogEvent log)
    {
        var user = log.LogSource.LastIndexOf("/user/", StringComparison.Ordinal);
        return user < 0 ? "Akka" : log.LogSource[(user + "/user/".Length)..].Split('/', '#')[0];
    }
}
