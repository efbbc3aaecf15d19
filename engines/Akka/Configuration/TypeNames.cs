using System.Collections.Concurrent;

namespace Akka;

/// <summary>Finds the types that a configuration names. Looking one up takes longer than all else that is done with a message: kept.</summary>
internal static class TypeNames
{
    private static readonly ConcurrentDictionary<string, Type> Found = new();
    private static readonly ConcurrentDictionary<Type, string> Names = new();

    /// <summary>The type of <c>Namespace.Type, Assembly</c>, or null. A bare name is one of this engine's.</summary>
    public static Type Find(string name)
    {
        if (Found.TryGetValue(name, out var known)) return known;
        // What is not found is not kept: names come from other processes, and there is no end of them.
        return Search(name) is { } found ? Found[name] = found : null;
    }

    /// <summary>The name that finds the type again, here or in another process.</summary>
    public static string Of(Type type) => Names.GetOrAdd(type, static t => $"{t.FullName}, {t.Assembly.GetName().Name}");

    private static Type Search(string name)
    {
        if (Type.GetType(name, throwOnError: false) is { } found) return found;
        var bare = name.Split(',')[0].Trim();

        // The real packages' assemblies (Akka, Akka.Remote, Akka.Cluster) are one here.
        return name.Contains(", Akka", StringComparison.Ordinal) ? typeof(TypeNames).Assembly.GetType(bare) : null;
    }
}
