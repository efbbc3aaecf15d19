using System.Text;
using DistSeq2Seq.Cluster.Tests.Support;
using DistSeq2Seq.Protocol;
using Xunit;

namespace DistSeq2Seq.Cluster.Tests;

/// <summary>The process of <c>translate</c> on lines that no training text holds.</summary>
public sealed class OddLinesTests : IDisposable
{
    private readonly TinyRun _run = new("decoding: { beam: 3, min_length: 1000000 }"); // the longest translation allowed

    [Fact]
    public async Task Translate_OddLines_GiveOneLineEach_InBoundedMemory()
    {
        PeakMemory.RequireOrSkip();
        (await ProgramRunner.RunAsync("train", _run.ConfigurationPath, "--workers", "1")).Expect(ExitCodes.Success, _run.RunFolder);
        string[] lines =
        [
            string.Join(' ', Enumerable.Range(0, 5000).Select(i => "abcdefghij"[i * 7 % 10])),
            "", "xyzzy plugh xyzzy", "\u0645\u0631\u062D\u0628\u0627 \u05E9\u05DC\u05D5\u05DD \u202Ea b\u202C",
            "\U0001D4D0\U0001F600 \U00020000\U00020001\U0010FFFF", "a\u0000b\u0007", " \t\u2028 ", "a b c",
        ];
        var (input, output) = (Path.Combine(_run.Folder, "odd.txt"), Path.Combine(_run.Folder, "out.txt"));
        File.WriteAllText(input, string.Join('\n', lines) + "\n", new UTF8Encoding(false));
        var ordinary = await PeakMegabytes("a b c\nd e f\n");
        var odd = await PeakMegabytes(null);

        // One line a line: the output's lines end with LF alone.
        var text = File.ReadAllText(output);
        Assert.EndsWith("\n", text);
        var found = text[..^1].Split('\n');
        Assert.Equal(lines.Length, found.Length);
        Assert.Equal(["", ""], new[] { found[1], found[6] });
        Assert.All(found, line => Assert.DoesNotContain('\r', line));
        Assert.Equal([10_010, 16, 16], new[] { 0, 2, 7 }.Select(line => found[line].Split(' ').Length)); // twice the source and 10 more
        // The line of 5,000 words and its 10,010 steps may take room for their tensors, not for every step at once.
        Assert.True(odd < ordinary + 600, $"{odd:0} MB for odd lines, {ordinary:0} MB for two short ones");

        async Task<double> PeakMegabytes(string? instead)
        {
            var source = instead is null ? input : Path.Combine(_run.Folder, "short.txt");
            if (instead is not null)
                File.WriteAllText(source, instead);
            return await PeakMemory.MegabytesOfAsync("translate", "--run", _run.RunFolder, "--input", source, "--output", output);
        }
    }

    public void Dispose() => _run.Dispose();
}
