using DistSeq2Seq.Model.Tests.Nn;
using Xunit;

namespace DistSeq2Seq.Model.Tests;

/// <summary>Lines of code fit side by side on a screen. `dotnet format` does not look at their length.</summary>
public sealed class LineLengthTests
{
    private const int Longest = 140; // max_line_length of .editorconfig

    // A regular expression or the name of an overload cannot be broken.
    private const int LongestWord = 100;

    [Fact]
    public void Lines_OfAllSources_AreNotTooLong()
    {
        Assert.Contains($"max_line_length = {Longest}\n", File.ReadAllText(Repository.PathOf(".editorconfig")), StringComparison.Ordinal);
        var tooLong = new List<string>();
        foreach (var file in new[] { "src", "tests", "bench" }.SelectMany(folder => Sources(Repository.PathOf(folder))))
        {
            var lines = File.ReadAllLines(file);
            for (var i = 0; i < lines.Length; i++)
            {
                if (lines[i].Length > Longest && !lines[i].Split(' ').Any(word => word.Length > LongestWord))
                    tooLong.Add($"{file}:{i + 1} has {lines[i].Length} characters, expected {Longest} at most");
            }
        }

        Assert.Empty(tooLong);
    }

    private static IEnumerable<string> Sources(string folder) =>
        Directory.EnumerateFiles(folder, "*.cs", SearchOption.AllDirectories)
            .Where(file => !file.Contains("/bin/", StringComparison.Ordinal) && !file.Contains("/obj/", StringComparison.Ordinal));
}
