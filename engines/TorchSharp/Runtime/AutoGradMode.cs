using TorchSharp.Native;

namespace TorchSharp;

/// <summary>Turns gradient recording of this thread on or off until disposed.</summary>
internal sealed class AutoGradMode : IDisposable
{
    private readonly bool _before = IsEnabled;

    public AutoGradMode(bool enabled) => NativeMethods.dsq_set_grad_enabled(enabled);

    public static bool IsEnabled => NativeMethods.dsq_grad_enabled();

    public void Dispose() => NativeMethods.dsq_set_grad_enabled(_before);
}

public static partial class torch
{
    /// <summary>No gradients are recorded in this thread until the result is disposed.</summary>
    public static IDisposable no_grad() => new AutoGradMode(false);

    public static IDisposable enable_grad(bool enabled = true) => new AutoGradMode(enabled);

    public static IDisposable set_grad_enabled(bool mode = true) => new AutoGradMode(mode);

    public static bool is_grad_enabled() => AutoGradMode.IsEnabled;
}
