namespace Akka;

/// <summary>Finds the types that a configuration names.</summary>
internal static class TypeNames
{
    /// <summary>The type of <c>Namespace.Type, Assembly</c>, or null. A bare name is one of this engine's.</summary>
    public static Type Find(string name)
    {
        if (Type.GetType(name, throwOnError: false) is { } found) return found;
        var bare = name.Split(',')[0].Trim();

        // The real packages' assemblies (Akka, Akka.Remote, Akka.Cluster) are one here.
        return name.Contains(", Akka", StringComparison.Ordinal) ? typeof(TypeNames).Assembly.GetType(bare) : null;
    }

    /// <summary>The name that finds the type again, here or in another process.</summary>
    public static string Of(Type type) => $"{type.FullName}, {type.Assembly.GetName().Name}";
}
