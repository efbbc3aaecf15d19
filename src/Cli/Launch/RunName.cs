using System.Text.RegularExpressions;

namespace DistSeq2Seq.Cli.Launch;

/// <summary>
/// Names of runs on Kubernetes: at most 40 lower-case letters, digits and hyphens, a letter first, no hyphen last. A
/// StatefulSet labels its pods with its name, a hyphen and ten digits of hash in 63 characters, so its own name has 52, of
/// which <c>-coordinator</c> takes 12; services want a letter first.
/// </summary>
public static partial class RunName
{
    /// <summary>The longest name, in characters.</summary>
    public const int MaximumLength = 40;

    /// <summary>The name for a configuration file: its own, without folder and ending, in allowed characters.</summary>
    /// <exception cref="LaunchException">The file's name has no letter to start with.</exception>
    public static string FromFile(string path)
    {
        var stem = Path.GetFileNameWithoutExtension(path).ToLowerInvariant();
        var name = Refused().Replace(stem, "-").TrimStart('-', '0', '1', '2', '3', '4', '5', '6', '7', '8', '9');
        name = name[..Math.Min(name.Length, MaximumLength)].TrimEnd('-');
        return name.Length > 0
            ? name
            : throw new LaunchException($"No run name can be made of the file name '{Path.GetFileName(path)}'; give one with --name.");
    }

    /// <summary>Passes a legal name and refuses any other.</summary>
    /// <param name="name">The name.</param>
    /// <param name="option">Where it came from, for the message.</param>
    /// <exception cref="LaunchException">The name is not as this class says.</exception>
    public static void Check(string name, string option)
    {
        if (name.Length > MaximumLength || !Allowed().IsMatch(name))
            throw new LaunchException(
                $"{option} is '{name}' ({name.Length} characters); it must be 1 to {MaximumLength} lower-case letters, digits "
                + "and hyphens, with a letter first and no hyphen last.");
    }

    [GeneratedRegex(@"^[a-z]([a-z0-9-]*[a-z0-9])?\z")]
    private static partial Regex Allowed();

    [GeneratedRegex("[^a-z0-9]+")]
    private static partial Regex Refused();
}
