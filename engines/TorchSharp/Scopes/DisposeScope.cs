namespace TorchSharp;

/// <summary>
/// Owns the tensors and packed sequences made in its thread while it is the innermost scope, and disposes them with
/// itself. All methods throw ObjectDisposedException once it is disposed.
/// </summary>
public sealed class DisposeScope : IDisposable
{
    private DisposeScopeManager? _manager;

    internal DisposeScope(DisposeScopeManager manager)
    {
        _manager = manager;
        OuterScope = manager.CurrentDisposeScope;
    }

    internal DisposeScope? OuterScope { get; set; }

    internal HashSet<IDisposable> Disposables { get; private set; } = NewSet();

    /// <summary>What the scope owns now (a copy).</summary>
    public IReadOnlyList<IDisposable> DisposablesView
    {
        get
        {
            Manager();
            return [.. Disposables];
        }
    }

    public int DisposablesCount
    {
        get
        {
            Manager();
            return Disposables.Count;
        }
    }

    public bool Contains(IDisposable disposable) => Disposables.Contains(disposable);

    /// <summary>Gives an object to the scope around this one; without one, to nobody.</summary>
    public T MoveToOuter<T>(T disposable) where T : IDisposable => MoveToOther(OuterScope, disposable);

    public (T1 first, T2 second) MoveToOuter<T1, T2>(T1 first, T2 second)
        where T1 : IDisposable where T2 : IDisposable => MoveToOther(OuterScope, first, second);

    public (T1 first, T2 second, T3 third) MoveToOuter<T1, T2, T3>(T1 first, T2 second, T3 third)
        where T1 : IDisposable where T2 : IDisposable where T3 : IDisposable =>
        MoveToOther(OuterScope, first, second, third);

    public void MoveToOuter(params IDisposable[] disposables) => MoveToOther(OuterScope, disposables);

    public void MoveToOuter(IEnumerable<IDisposable> disposables) => MoveToOther(OuterScope, disposables);

    public T MoveToOther<T>(DisposeScope? scope, T disposable) where T : IDisposable
    {
        MoveToOther(scope, (IEnumerable<IDisposable>)[disposable]);
        return disposable;
    }

    public (T1 first, T2 second) MoveToOther<T1, T2>(DisposeScope? scope, T1 first, T2 second)
        where T1 : IDisposable where T2 : IDisposable
    {
        MoveToOther(scope, (IEnumerable<IDisposable>)[first, second]);
        return (first, second);
    }

    public (T1 first, T2 second, T3 third) MoveToOther<T1, T2, T3>(DisposeScope? scope, T1 first, T2 second, T3 third)
        where T1 : IDisposable where T2 : IDisposable where T3 : IDisposable
    {
        MoveToOther(scope, (IEnumerable<IDisposable>)[first, second, third]);
        return (first, second, third);
    }

    public void MoveToOther(DisposeScope? scope, params IDisposable[] disposables) =>
        MoveToOther(scope, (IEnumerable<IDisposable>)disposables);

    /// <summary>Objects that this scope does not own stay where they are.</summary>
    public void MoveToOther(DisposeScope? scope, IEnumerable<IDisposable> disposables)
    {
        Manager();
        if (scope is null)
        {
            Detach(disposables);
            return;
        }
        foreach (var disposable in disposables)
        {
            if (Disposables.Remove(disposable))
                AddTo(scope, disposable);
        }
    }

    /// <summary>Lets an object go: nobody but its holder will dispose it.</summary>
    public T Detach<T>(T disposable) where T : IDisposable
    {
        Detach((IEnumerable<IDisposable>)[disposable]);
        return disposable;
    }

    public (T1 first, T2 second) Detach<T1, T2>(T1 first, T2 second) where T1 : IDisposable where T2 : IDisposable
    {
        Detach((IEnumerable<IDisposable>)[first, second]);
        return (first, second);
    }

    public void Detach(params IDisposable[] disposables) => Detach((IEnumerable<IDisposable>)disposables);

    public void Detach(IEnumerable<IDisposable> disposables)
    {
        var manager = Manager();
        foreach (var disposable in disposables)
        {
            if (!Disposables.Remove(disposable) || disposable is not IScoped scoped)
                continue;
            scoped.Within(manager.StatisticsInstance).DetachedFromScopeCount++;
            scoped.OwningDisposeScope = null;
        }
    }

    /// <summary>Takes objects from nobody or from another scope.</summary>
    public void Attach(IDisposable disposable) => Attach((IEnumerable<IDisposable>)[disposable]);

    public void Attach(params IDisposable[] disposables) => Attach((IEnumerable<IDisposable>)disposables);

    public IReadOnlyList<IDisposable> Attach(IEnumerable<IDisposable> disposables)
    {
        var manager = Manager();
        var attached = new List<IDisposable>();
        foreach (var disposable in disposables)
        {
            if (AddTo(this, disposable))
                ((IScoped)disposable).Within(manager.StatisticsInstance).AttachedToScopeCount++;
            attached.Add(disposable);
        }
        return attached;
    }

    /// <summary>Disposes what the scope owns; the scope itself goes on.</summary>
    public void DisposeEverything() => DisposeEverythingBut((IEnumerable<IDisposable>)[]);

    /// <summary>Disposes what the scope owns but for some, which it owns from now on.</summary>
    public void DisposeEverythingBut(IEnumerable<IDisposable> inKeep)
    {
        Manager();
        var before = Disposables;
        Disposables = new HashSet<IDisposable>(inKeep, ReferenceEqualityComparer.Instance);
        foreach (var disposable in before)
        {
            if (!Disposables.Contains(disposable))
                disposable.Dispose();
        }
    }

    public void DisposeEverythingBut(params IDisposable[] keep) => DisposeEverythingBut((IEnumerable<IDisposable>)keep);

    public T DisposeEverythingBut<T>(T keep) where T : IDisposable
    {
        DisposeEverythingBut((IEnumerable<IDisposable>)[keep]);
        return keep;
    }

    public (T1 first, T2 second) DisposeEverythingBut<T1, T2>(T1 first, T2 second)
        where T1 : IDisposable where T2 : IDisposable
    {
        DisposeEverythingBut((IEnumerable<IDisposable>)[first, second]);
        return (first, second);
    }

    /// <summary>Forgets an object that somebody else disposes.</summary>
    public void MarkAsDisposed(IDisposable disposable)
    {
        Manager();
        Disposables.Remove(disposable);
        if (disposable is IScoped scoped)
            scoped.OwningDisposeScope = null;
    }

    public void Dispose()
    {
        if (_manager is null)
            return;
        DisposeEverything();
        _manager.RemoveDisposeScope(this);
        _manager = null;
    }

    /// <summary>Puts one object in another's place in whatever scope owns it.</summary>
    internal static void ReplaceWith(IScoped original, IScoped replacement)
    {
        var scope = original.OwningDisposeScope;
        if (scope is null || !scope.Disposables.Remove(original))
            return;
        original.OwningDisposeScope = null;
        AddTo(scope, replacement);
    }

    private static bool AddTo(DisposeScope scope, IDisposable disposable)
    {
        if (disposable is not IScoped scoped)
            throw new InvalidOperationException("DisposeScope can only manage Tensor or PackedSequence");
        var before = scoped.OwningDisposeScope;
        if (scope == before)
            return false;
        scope.Disposables.Add(disposable);
        before?.Disposables.Remove(disposable);
        scoped.OwningDisposeScope = scope;
        return true;
    }

    private static HashSet<IDisposable> NewSet() => new(ReferenceEqualityComparer.Instance);

    private DisposeScopeManager Manager() =>
        _manager ?? throw new ObjectDisposedException(typeof(DisposeScope).FullName);
}
