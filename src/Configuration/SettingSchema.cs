using System.Reflection;
using System.Text;

namespace DistSeq2Seq.Configuration;

/// <summary>One key of a section: its YAML name, the property it sets, and its documentation.</summary>
internal sealed record SettingKey(string Name, PropertyInfo Property, SettingAttribute Setting)
{
    /// <summary>Whether the key holds a section (a mapping) instead of a value.</summary>
    public bool IsSection => SettingSchema.IsSection(Property.PropertyType);
}

/// <summary>The keys of the configuration, read from the records once.</summary>
internal static class SettingSchema
{
    private static readonly Dictionary<Type, SettingKey[]> Cache = [];

    /// <summary>The keys of a section, in the order of declaration.</summary>
    public static SettingKey[] KeysOf(Type section)
    {
        lock (Cache)
        {
            if (!Cache.TryGetValue(section, out var keys))
            {
                keys = [.. section.GetProperties(BindingFlags.Public | BindingFlags.Instance)
                    .Select(p => (Property: p, Setting: p.GetCustomAttribute<SettingAttribute>()))
                    .Where(p => p.Setting is not null)
                    .OrderBy(p => p.Property.MetadataToken)
                    .Select(p => new SettingKey(SnakeCase(p.Property.Name), p.Property, p.Setting!))];
                Cache[section] = keys;
            }

            return keys;
        }
    }

    /// <summary>Whether a property of this type is a section of its own.</summary>
    public static bool IsSection(Type type) => type.IsClass && type != typeof(string);

    /// <summary><c>MaxSourceLength</c> becomes <c>max_source_length</c>; <c>Beta1</c> becomes <c>beta1</c>.</summary>
    public static string SnakeCase(string name)
    {
        var text = new StringBuilder();
        foreach (var letter in name)
        {
            if (char.IsUpper(letter) && text.Length > 0)
                text.Append('_');
            text.Append(char.ToLowerInvariant(letter));
        }

        return text.ToString();
    }

    /// <summary>Every value's full key, with its attribute and its value in <paramref name="configuration"/>.</summary>
    public static IEnumerable<(string Key, SettingAttribute Setting, object Value)> Flatten(object configuration, string prefix = "")
    {
        foreach (var key in KeysOf(configuration.GetType()))
        {
            var value = key.Property.GetValue(configuration)!;
            if (key.IsSection)
            {
                foreach (var inner in Flatten(value, prefix + key.Name + "."))
                    yield return inner;
            }
            else
            {
                yield return (prefix + key.Name, key.Setting, value);
            }
        }
    }
}
