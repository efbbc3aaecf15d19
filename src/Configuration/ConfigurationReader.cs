using System.Globalization;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace DistSeq2Seq.Configuration;

/// <summary>
/// Reads a <see cref="RunConfiguration"/> from YAML, strictly: an unknown key, a wrong type or a value out of range is an error.
/// </summary>
public static class ConfigurationReader
{
    /// <summary>Reads, overrides and checks a configuration file.</summary>
    /// <param name="path">The YAML file.</param>
    /// <param name="overrides">Overrides of the form <c>a.b=c</c>, applied in order.</param>
    /// <exception cref="ConfigurationException">The message is one line that names the file, the key, the value found and the values
    /// allowed.</exception>
    public static RunConfiguration Load(string path, IEnumerable<string>? overrides = null)
    {
        if (!File.Exists(path))
            throw new ConfigurationException($"{path}: no such file; name a configuration file, for example examples/quickstart.yaml");

        string text;
        try
        {
            text = File.ReadAllText(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new ConfigurationException($"{path}: cannot be read: {e.Message}");
        }

        var configuration = Parse(text, path, overrides);
        return configuration.Run.Length > 0
            ? configuration
            : configuration with { Run = Path.Combine("runs", Path.GetFileNameWithoutExtension(path)) };
    }

    /// <summary>Reads, overrides and checks a configuration text.</summary>
    /// <param name="yaml">The text.</param>
    /// <param name="name">What to call the text in errors.</param>
    /// <param name="overrides">Overrides of the form <c>a.b=c</c>, applied in order.</param>
    /// <exception cref="ConfigurationException">See <see cref="Load"/>.</exception>
    public static RunConfiguration Parse(string yaml, string name, IEnumerable<string>? overrides = null)
    {
        var root = ParseYaml(yaml, name);
        var places = new KeyPlaces(name);
        foreach (var item in overrides ?? [])
            Override(root, item, places);

        var configuration = (RunConfiguration)Bind(root, typeof(RunConfiguration), "", places);
        ConfigurationValidator.Validate(configuration, places.OfAll);
        return configuration;
    }

    private static YamlMappingNode ParseYaml(string yaml, string name)
    {
        try
        {
            var stream = new YamlStream();
            stream.Load(new StringReader(yaml));
            return stream.Documents.Count == 0 || stream.Documents[0].RootNode is YamlScalarNode { Value: "" or null }
                ? []
                : stream.Documents[0].RootNode as YamlMappingNode
                    ?? throw new ConfigurationException($"{name}: expected keys and values (`data:`, `model:`, …), found "
                        + $"a {stream.Documents[0].RootNode.NodeType}");
        }
        catch (YamlException e)
        {
            throw new ConfigurationException($"{name}, line {e.Start.Line}: not valid YAML: {e.InnerException?.Message ?? e.Message}");
        }
    }

    private static void Override(YamlMappingNode root, string item, KeyPlaces places)
    {
        var equals = item.IndexOf('=', StringComparison.Ordinal);
        if (equals <= 0)
            throw new ConfigurationException($"--set {item}: expected the form a.b=c, for example --set training.batch_tokens=4096");

        var keys = item[..equals].Trim().Split('.');
        var node = root;
        foreach (var key in keys[..^1])
        {
            if (!node.Children.TryGetValue(key, out var child) || child is not YamlMappingNode section)
                Put(node, key, section = [], item, places);
            node = section;
        }

        Put(node, keys[^1], new YamlScalarNode(item[(equals + 1)..].Trim()), item, places);
    }

    private static void Put(YamlMappingNode section, string key, YamlNode value, string item, KeyPlaces places)
    {
        // The key is replaced with its value: otherwise errors would name the key's line in the file.
        var node = new YamlScalarNode(key);
        section.Children.Remove(node);
        section.Children.Add(node, value);
        places.Add(node, item);
    }

    private static object Bind(YamlMappingNode node, Type type, string prefix, KeyPlaces places)
    {
        var section = Activator.CreateInstance(type)!;
        var keys = SettingSchema.KeysOf(type);
        foreach (var (keyNode, valueNode) in node.Children)
        {
            var keyText = (keyNode as YamlScalarNode)?.Value ?? keyNode.ToString();
            var key = keys.FirstOrDefault(k => k.Name == keyText)
                ?? throw UnknownKey(prefix, keyText, keys, places.Of(keyNode));
            var fullName = prefix + key.Name;
            if (!key.IsSection)
                key.Property.SetValue(section, Value(valueNode, key, fullName, places.Of(keyNode)));
            else if (valueNode is YamlMappingNode inner)
                key.Property.SetValue(section, Bind(inner, key.Property.PropertyType, fullName + ".", places));
            else if (valueNode is not YamlScalarNode { Value: null or "" })
                throw new ConfigurationException($"{places.Of(keyNode)}: {fullName} is a section with keys of its own "
                    + $"({KeyList(key.Property.PropertyType)}), found `{valueNode}`; set them one by one, "
                    + $"as {fullName}.{SettingSchema.KeysOf(key.Property.PropertyType)[0].Name}");
        }

        return section;
    }

    private static string KeyList(Type section) => string.Join(", ", SettingSchema.KeysOf(section).Select(k => k.Name));

    private static ConfigurationException UnknownKey(string prefix, string key, SettingKey[] siblings, string where)
    {
        var everywhere = SettingSchema.Flatten(new RunConfiguration()).Select(k => k.Key).ToArray();
        var here = NearestName.Of(key, siblings.Select(s => s.Name));
        var elsewhere = everywhere.FirstOrDefault(k => k.EndsWith("." + key, StringComparison.Ordinal));
        var nearest = elsewhere is not null && (here is null || NearestName.Distance(key, here) > 2) ? elsewhere : prefix + here;
        return new ConfigurationException($"{where}: unknown key {prefix}{key}; the nearest right one is {nearest} (all keys: "
            + "examples/reference.yaml)");
    }

    private static object Value(YamlNode node, SettingKey key, string fullName, string where)
    {
        // A YAML list of names is read as the names with commas between them.
        if (key.Property.PropertyType == typeof(string) && node is YamlSequenceNode list
            && list.Children.All(item => item is YamlScalarNode))
            return string.Join(", ", list.Children.Select(item => ((YamlScalarNode)item).Value));
        if (node is not YamlScalarNode scalar)
            throw new ConfigurationException($"{where}: {fullName} takes a single value, found `{node}`");

        var text = scalar.Value ?? "";
        var type = key.Property.PropertyType;
        if (type == typeof(string))
            return text;
        if (type == typeof(TrainingSpan))
        {
            return TrainingSpan.TryParse(text, out var span)
                ? span
                : throw new ConfigurationException($"{where}: {fullName} is `{text}`; it takes {TrainingSpan.Form}");
        }

        if (type.IsEnum)
        {
            var names = Enum.GetNames(type).Select(SettingSchema.SnakeCase).ToArray();
            var index = Array.IndexOf(names, text);
            return index >= 0
                ? Enum.GetValues(type).GetValue(index)!
                : throw new ConfigurationException($"{where}: {fullName} is `{text}`; it takes one of: {string.Join(", ", names)} "
                    + $"(nearest: {NearestName.Of(text, names)})");
        }

        if (type == typeof(bool))
        {
            return text switch
            {
                "true" => true,
                "false" => false,
                _ => throw new ConfigurationException($"{where}: {fullName} is `{text}`; it takes true or false"),
            };
        }

        var whole = type != typeof(double);
        var parsed = whole
            ? long.TryParse(text.Replace("_", "", StringComparison.Ordinal), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture,
                out var integer)
                ? integer : (double?)null
            : double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var real) && double.IsFinite(real) ? real : null;
        if (parsed is not { } number)
            throw new ConfigurationException(
                $"{where}: {fullName} is `{text}`; it takes a {(whole ? "whole number" : "number")}{Range(key.Setting)}");
        if (number < key.Setting.Min || number > key.Setting.Max || (type == typeof(int) && Math.Abs(number) > int.MaxValue))
            throw new ConfigurationException(
                $"{where}: {fullName} is {text}; it takes a {(whole ? "whole number" : "number")}{Range(key.Setting)}");
        return type == typeof(int) ? (object)(int)number : type == typeof(long) ? (object)(long)number : number;
    }

    private static string Range(SettingAttribute setting) => (double.IsFinite(setting.Min), double.IsFinite(setting.Max)) switch
    {
        (true, true) => string.Create(CultureInfo.InvariantCulture, $" from {setting.Min} to {setting.Max}"),
        (true, false) => string.Create(CultureInfo.InvariantCulture, $" of at least {setting.Min}"),
        (false, true) => string.Create(CultureInfo.InvariantCulture, $" of at most {setting.Max}"),
        _ => "",
    };
}
