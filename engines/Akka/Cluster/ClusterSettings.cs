using System.Collections.Immutable;
using Akka.Actor;
using Akka.Configuration;

namespace Akka.Cluster;

/// <summary>The keys under <c>akka.cluster</c>.</summary>
public sealed class ClusterSettings
{
    internal ClusterSettings(Config config, string systemName)
    {
        Config = config.GetConfig("akka.cluster");
        Roles = Config.GetStringList("roles").ToImmutableHashSet();
        SeedNodes = Config.GetStringList("seed-nodes").Select(ReadSeed).ToImmutableList();
        foreach (var seed in SeedNodes.Where(s => s.System != systemName))
            throw new ConfigurationException($"akka.cluster.seed-nodes names '{seed}', but this system is called '{systemName}'. " +
                "All nodes of a cluster have the same system name.");
        MinNrOfMembers = Config.GetInt("min-nr-of-members");
        MinNrOfMembersOfRole = Config.GetConfig("role").Root.Fields.Keys.ToImmutableDictionary(
            r => r, r => Config.GetInt($"role.\"{r}\".min-nr-of-members", 1));
        StableAfter = Config.GetTimeSpan("split-brain-resolver.stable-after");
        var provider = Config.GetString("downing-provider-class");
        var strategy = Config.GetString("split-brain-resolver.active-strategy");
        ResolvesSplitBrains = !string.IsNullOrEmpty(provider) && strategy != "off";
        if (ResolvesSplitBrains && !provider.Contains("SplitBrainResolver", StringComparison.Ordinal))
            throw new ConfigurationException($"akka.cluster.downing-provider-class is '{provider}'. This engine knows " +
                "'Akka.Cluster.SBR.SplitBrainResolverProvider, Akka.Cluster' and '' (none).");
        if (ResolvesSplitBrains && strategy != "keep-majority")
            throw new ConfigurationException($"akka.cluster.split-brain-resolver.active-strategy is '{strategy}'. This engine knows 'keep-majority' and 'off'.");
    }

    /// <summary>The configuration under <c>akka.cluster</c>.</summary>
    public Config Config { get; }

    /// <summary>Whom to ask for the cluster.</summary>
    public ImmutableList<Address> SeedNodes { get; }

    /// <summary>What this node is for.</summary>
    public ImmutableHashSet<string> Roles { get; }

    /// <summary>No member comes up before there are so many.</summary>
    public int MinNrOfMembers { get; }

    internal ImmutableDictionary<string, int> MinNrOfMembersOfRole { get; }

    internal bool ResolvesSplitBrains { get; }

    internal TimeSpan StableAfter { get; }

    private static Address ReadSeed(string text) => Address.TryParse(text, out var seed) && seed.HasGlobalScope
        ? seed
        : throw new ConfigurationException($"akka.cluster.seed-nodes holds '{text}'. Write 'akka.tcp://System@host:port'.");
}
