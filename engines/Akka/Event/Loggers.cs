using Akka.Actor;
using Akka.Dispatch;

namespace Akka.Event;

/// <summary>The first message to a logger actor (<c>akka.loggers</c>); it answers with <see cref="LoggerInitialized"/>.</summary>
public class InitializeLogger(LoggingBus loggingBus)
{
    /// <summary>The bus whose lines it will get.</summary>
    public LoggingBus LoggingBus { get; } = loggingBus;
}

/// <summary>A logger's answer to <see cref="InitializeLogger"/>.</summary>
public class LoggerInitialized
{
}

/// <summary>The logger that writes to standard output.</summary>
public class DefaultLogger : ActorBase
{
    /// <inheritdoc/>
    protected override bool Receive(object message)
    {
        switch (message)
        {
            case InitializeLogger:
                Sender.Tell(new LoggerInitialized());
                return true;
            case LogEvent line:
                Print(line);
                return true;
            default:
                return false;
        }
    }

    /// <summary>Writes a line.</summary>
    protected virtual void Print(LogEvent logEvent) => StandardOutLogger.PrintLogEvent(logEvent);
}

/// <summary>Writes lines while no logger actor runs: before the system is up and once it goes down.</summary>
internal sealed class StandardOutLogger(ActorRefProvider provider, ActorPath path) : InternalActorRef
{
    public override ActorPath Path { get; } = path;

    public override ActorRefProvider Provider { get; } = provider;

    public override InternalActorRef Parent => null;

    /// <summary>Writes a line to standard output, coloured if it is a terminal.</summary>
    public static void PrintLogEvent(LogEvent line)
    {
        var level = line.LogLevel();
        var colour = !Console.IsOutputRedirected && level >= LogLevel.WarningLevel;
        if (!colour)
        {
            Console.WriteLine(line.ToString());
            return;
        }

        lock (Console.Out)
        {
            Console.ForegroundColor = level == LogLevel.ErrorLevel ? ConsoleColor.Red : ConsoleColor.Yellow;
            Console.WriteLine(line.ToString());
            Console.ResetColor();
        }
    }

    public override void SendSystemMessage(SystemMessage message)
    {
    }

    protected override void TellInternal(object message, IActorRef sender)
    {
        if (message is LogEvent line) PrintLogEvent(line);
    }
}

/// <summary>Starts and ends a system's loggers.</summary>
internal sealed class LoggerSetup(ActorSystemImpl system, EventStream stream)
{
    private static readonly TimeSpan StartTimeout = TimeSpan.FromSeconds(5);
    private readonly StandardOutLogger _standardOut = new(system.Provider, new RootActorPath(Address.AllSystems) / "StandardOutLogger");

    public void StartStandardOut()
    {
        stream.LogLevel = Logging.LogLevelFor(system.Settings.Config.GetString("akka.stdout-loglevel"));
        foreach (var type in Logging.TypesFrom(stream.LogLevel)) stream.Subscribe(_standardOut, type);
    }

    public void StartLoggers()
    {
        var level = Logging.LogLevelFor(system.Settings.Config.GetString("akka.loglevel"));
        var number = 0;
        foreach (var name in system.Settings.Config.GetStringList("akka.loggers").Where(n => n.Length > 0))
        {
            var type = TypeNames.Find(name) ?? throw new Configuration.ConfigurationException(
                $"Logger specified in config cannot be found: \"{name}\". Write 'Namespace.Type, Assembly' into akka.loggers.");
            var logger = system.SystemActorOf(Props.Create(type), $"log{++number}-{type.Name}");
            logger.Ask<LoggerInitialized>(new InitializeLogger(stream), StartTimeout).GetAwaiter().GetResult();
            foreach (var line in Logging.TypesFrom(level)) stream.Subscribe(logger, line);
        }

        stream.Unsubscribe(_standardOut);
        stream.LogLevel = level;
        var deadLetters = system.Settings.Config.GetString("akka.log-dead-letters");
        var max = deadLetters switch { "on" => int.MaxValue, "off" => 0, _ => system.Settings.Config.GetInt("akka.log-dead-letters") };
        if (max > 0) system.SystemActorOf(Props.Create(() => new DeadLetterListener(max)), "deadLetterListener");
    }

    /// <summary>The logger actors are about to end.</summary>
    public void StopLoggers() => StartStandardOut();
}
