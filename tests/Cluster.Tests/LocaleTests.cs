using DistSeq2Seq.Cluster.Tests.Support;
using DistSeq2Seq.Model.Data.Corpus;
using DistSeq2Seq.Protocol;
using Xunit;

namespace DistSeq2Seq.Cluster.Tests;

/// <summary>
/// The program in the locales that differ most: Turkish (lower case of I), German (decimal comma), Arabic (signs) and Thai (calendar,
/// order of text). .NET takes its culture from these variables; the system needs no locale of that name.
/// </summary>
public sealed class LocaleTests : IDisposable
{
    private const string Plain = "C.UTF-8";

    private readonly TinyRun _run = new();

    public void Dispose() => _run.Dispose();

    [Fact]
    public async Task Prepare_InAnyLocale_GivesTheSameFilesAndText()
    {
        // I without its dot in Turkish, marks to be joined, letters in wide form, and words whose order a culture changes.
        File.AppendAllText(Path.Combine(_run.Folder, "train.tsv"), "I\u0130\u0131i \uFF26I co-op coop\tcafe\u0301 \u00C4 a Z\nZ "
            + "a \u00C4 -b b\tTITLE \u01C5 \uFB01\n");
        var expected = await PrepareAsync(Plain);
        foreach (var locale in new[] { "tr_TR.UTF-8", "de_DE.UTF-8", "ar_SA.UTF-8", "th_TH.UTF-8" })
        {
            var found = await PrepareAsync(locale);
            Assert.Equal(expected.Output, found.Output);
            Assert.Equal(expected.Files, found.Files);
        }
    }

    [Fact]
    public async Task DoctorPlan_InAnyLocale_ReadsAndPrintsTheSameNumbers()
    {
        var expected = (await InAsync(Plain, "doctor", "--plan", "1000", "--gigabits", "1.5")).Expect(ExitCodes.Success);
        Assert.Equal(expected, await InAsync("de_DE.UTF-8", "doctor", "--plan", "1000", "--gigabits", "1.5"));
        Assert.Equal(expected, await InAsync("ar_SA.UTF-8", "doctor", "--plan", "1000", "--gigabits", "1.5"));
    }

    [Fact]
    public async Task Train_InAnotherLocale_ReachesTheSameDigest()
    {
        async Task<string> DigestAsync(string locale)
        {
            var folder = Path.Combine(_run.Folder, locale);
            (await InAsync(
                locale, "train", _run.ConfigurationPath, "--workers", "1", "--run", folder, "--set", "training.max_steps=5", "--set",
                "training.validate_every=5")).Expect(ExitCodes.Success, folder);
            return _run.Newest(folder).ReplicaDigest;
        }

        Assert.Equal(await DigestAsync(Plain), await DigestAsync("tr_TR.UTF-8"));
    }

    private static Task<ProgramEnd> InAsync(string locale, params string[] arguments) =>
        ProgramRunner.RunAsync(ProgramPlace.Here.With("LC_ALL", locale).With("LANG", locale), arguments);

    private async Task<(string Output, SortedDictionary<string, string> Files)> PrepareAsync(string locale)
    {
        var folder = Path.Combine(_run.Folder, "run-" + locale);
        var (output, _) = (await InAsync(
            locale, "prepare", _run.ConfigurationPath, "--run", folder, "--set", "data.tokenizer=bpe", "--set", "data.lowercase=true",
            "--set", "data.normalization=nfkc")).Expect(ExitCodes.Success);
        var files = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var path in Directory.GetFiles(Path.Combine(folder, "data")))
            files.Add(Path.GetFileName(path), Convert.ToHexString(File.ReadAllBytes(path)));
        Assert.Contains(PreparedFolder.ManifestFile, files.Keys);
        return (output.Replace(folder, "RUN"), files);
    }
}
