using System.Text;

namespace Akka.Configuration;

/// <summary>Replaces substitutions and joins what stands side by side.</summary>
internal static class HoconResolver
{
    private const int DeepestReference = 32;

    public static HoconObject Resolve(HoconObject root) => (HoconObject)Resolve(root, root, 0);

    private static HoconValue Resolve(HoconValue value, HoconObject root, int depth)
    {
        if (depth > DeepestReference) throw new ConfigurationException("Configuration: substitutions refer to each other in a circle.");
        switch (value)
        {
            case HoconObject o:
                var resolved = new HoconObject();
                foreach (var (key, field) in o.Fields)
                {
                    if (Resolve(field, root, depth) is { } kept) resolved.Replace(key, kept);
                }

                return resolved;
            case HoconArray a:
                var items = new HoconArray();
                items.Items.AddRange(a.Items.Select(i => Resolve(i, root, depth)).Where(i => i != null));
                return items;
            case HoconSubstitution s:
                return Lookup(s, root, depth);
            case HoconConcatenation c:
                return Join(c.Parts.Select(p => Resolve(p, root, depth)).Where(p => p != null).ToList());
            default:
                return value;
        }
    }

    private static HoconValue Lookup(HoconSubstitution reference, HoconObject root, int depth)
    {
        if (HoconPath.Find(root, HoconPath.Split(reference.Path)) is { } found) return Resolve(found, root, depth + 1);
        if (Environment.GetEnvironmentVariable(reference.Path) is { } variable) return new HoconLiteral(variable, true);
        if (reference.Optional) return null;
        throw new ConfigurationException(
            $"Configuration: '${{{reference.Path}}}' is neither a key of this text nor an environment variable. " +
            "Define it, or write ${?…} if it may be missing.");
    }

    private static HoconValue Join(List<HoconValue> parts)
    {
        if (parts.Count == 0) return null;
        if (parts.Any(p => p is HoconObject))
        {
            return parts.OfType<HoconObject>().Aggregate((older, newer) => older.MergedWith(newer));
        }

        if (parts.Any(p => p is HoconArray))
        {
            var all = new HoconArray();
            foreach (var array in parts.OfType<HoconArray>()) all.Items.AddRange(array.Items);
            return all;
        }

        var text = new StringBuilder();
        foreach (var literal in parts.Cast<HoconLiteral>()) text.Append(literal.Text);
        return new HoconLiteral(text.ToString(), parts.Cast<HoconLiteral>().Any(l => l.Quoted));
    }
}
