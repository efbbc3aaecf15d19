namespace Akka;

/// <summary>The result of an operation that has nothing to say but that it is done.</summary>
public sealed class Done
{
    /// <summary>The only instance.</summary>
    public static readonly Done Instance = new();

    private Done()
    {
    }
}
