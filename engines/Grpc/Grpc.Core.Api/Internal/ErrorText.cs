namespace Grpc.Core.Internal;

/// <summary>An exception and what caused it, in one line that can travel as a status message.</summary>
internal static class ErrorText
{
    public static string Of(Exception exception)
    {
        var parts = new List<string>();
        for (Exception? current = exception; current is not null; current = current.InnerException)
            parts.Add($"{current.GetType().Name}: {current.Message}");
        return string.Join(" ", parts);
    }
}
