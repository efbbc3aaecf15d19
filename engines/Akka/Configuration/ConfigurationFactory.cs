namespace Akka.Configuration;

/// <summary>Makes <see cref="Config"/> objects.</summary>
public class ConfigurationFactory
{
    /// <summary>A configuration without any key.</summary>
    public static Config Empty => Config.Empty;

    /// <summary>Parses HOCON.</summary>
    /// <exception cref="ConfigurationException">The text is malformed.</exception>
    public static Config ParseString(string hocon) => new(HoconParser.Parse(hocon));

    /// <summary>The configuration of this program: the file <c>akka.conf</c> or <c>app.conf</c> beside it, or nothing.</summary>
    public static Config Load()
    {
        foreach (var name in new[] { "app.conf", "akka.conf" })
        {
            var path = Path.Combine(AppContext.BaseDirectory, name);
            if (File.Exists(path)) return ParseString(File.ReadAllText(path));
        }

        return Empty;
    }

    /// <summary>The defaults of every key that this engine reads.</summary>
    public static Config Default() => Defaults.Config;
}
