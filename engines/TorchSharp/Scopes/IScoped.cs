namespace TorchSharp;

/// <summary>What a dispose scope can own: tensors and packed sequences.</summary>
internal interface IScoped : IDisposable
{
    /// <summary>The scope that will dispose this, or null.</summary>
    public DisposeScope? OwningDisposeScope { get; set; }

    /// <summary>The counts of this kind within a thread's statistics.</summary>
    public LifetimeStatistics Within(ThreadDisposeScopeStatistics statistics);
}
