using System.Globalization;

namespace Akka.Event;

/// <summary>Fills values into a text.</summary>
public interface ILogMessageFormatter
{
    /// <summary>The text with the values.</summary>
    string Format(string format, params object[] args);

    /// <summary>The text with the values.</summary>
    string Format(string format, IEnumerable<object> args);
}

/// <summary>Fills values in as <c>string.Format</c> does.</summary>
public sealed class DefaultLogMessageFormatter : ILogMessageFormatter
{
    /// <summary>The only instance.</summary>
    public static readonly DefaultLogMessageFormatter Instance = new();

    private DefaultLogMessageFormatter()
    {
    }

    /// <inheritdoc/>
    public string Format(string format, params object[] args) =>
        args.Length == 0 ? format : string.Format(CultureInfo.InvariantCulture, format, args);

    /// <inheritdoc/>
    public string Format(string format, IEnumerable<object> args) => Format(format, args.ToArray());
}

/// <summary>A text and its values, put together only when somebody reads them.</summary>
public abstract class LogMessage
{
    /// <summary>Puts them together.</summary>
    protected readonly ILogMessageFormatter Formatter;

    /// <summary>With a formatter and the text.</summary>
    protected LogMessage(ILogMessageFormatter formatter, string format)
    {
        Formatter = formatter;
        Format = format;
    }

    /// <summary>The text with its places for values.</summary>
    public string Format { get; }

    /// <summary>The values.</summary>
    public abstract IEnumerable<object> Parameters();

    /// <summary>Text and values side by side.</summary>
    public abstract string Unformatted();
}

internal sealed class DefaultLogMessage(ILogMessageFormatter formatter, string format, params object[] args) : LogMessage(formatter, format)
{
    public override IEnumerable<object> Parameters() => args;

    public override string Unformatted() => $"Format: {Format}, Args: {string.Join(", ", args)}";

    public override string ToString() => Formatter.Format(Format, args);
}
