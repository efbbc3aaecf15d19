using DistSeq2Seq.Configuration;
using DistSeq2Seq.Coordinator.RunFolders;
using DistSeq2Seq.Model.Data;
using DistSeq2Seq.Model.Storage;
using Xunit;

namespace DistSeq2Seq.Coordinator.Tests;

public class OpenedRunTests
{
    [Fact]
    public void Open_Twice_KeepsTheRunsIdentityAndConfiguration()
    {
        using var run = new TemporaryRun();
        string id;
        using (var first = OpenedRun.Open(run.Configuration))
            id = first.Folder.RunId;
        using var second = OpenedRun.Open(run.Configuration with { Checkpoints = new() { Every = 3 } });
        Assert.Equal(id, second.Folder.RunId);
        Assert.Equal(20, second.Data.TrainCorpus.Count);
        Assert.Contains("every: 3", File.ReadAllText(Path.Combine(run.Configuration.Run, "config.yaml")), StringComparison.Ordinal);
    }

    [Fact]
    public void Open_WhileAnotherHasIt_IsRefusedAndHarmless()
    {
        using var run = new TemporaryRun();
        using var first = OpenedRun.Open(run.Configuration);
        var before = Directory.GetFileSystemEntries(run.Configuration.Run).Order();
        var error = Assert.Throws<ConfigurationException>(() => OpenedRun.Open(run.Configuration));
        Assert.Contains("is in use by another coordinator", error.Message, StringComparison.Ordinal);
        Assert.Equal(before, Directory.GetFileSystemEntries(run.Configuration.Run).Order());
    }

    [Fact]
    public void Open_AnotherConfiguration_IsRefusedNamingTheKeys()
    {
        using var run = new TemporaryRun();
        OpenedRun.Open(run.Configuration).Dispose();
        var before = File.ReadAllText(Path.Combine(run.Configuration.Run, "config.yaml"));
        var error = Assert.Throws<ConfigurationException>(() => OpenedRun.Open(run.Configuration with { Seed = 99 }));
        Assert.Contains("seed was 1, is 99", error.Message, StringComparison.Ordinal);
        Assert.Equal(before, File.ReadAllText(Path.Combine(run.Configuration.Run, "config.yaml")));
    }

    [Fact]
    public void Open_BadData_LeavesNothingBehind()
    {
        using var run = new TemporaryRun();
        File.AppendAllText(Path.Combine(run.Root, "train.fr"), "une ligne de trop\n");
        var before = Everything(run.Root);
        var error = Assert.Throws<DataException>(() => OpenedRun.Open(run.Configuration));
        Assert.Contains("20", error.Message, StringComparison.Ordinal);
        Assert.Contains("21", error.Message, StringComparison.Ordinal);
        Assert.Equal(before, Everything(run.Root));
    }

    [Fact]
    public void Open_BadDataInAFolderThatWasThere_LeavesItAsItWas()
    {
        using var run = new TemporaryRun();
        Directory.CreateDirectory(run.Configuration.Run);
        File.WriteAllText(Path.Combine(run.Configuration.Run, "notes.txt"), "mine");
        File.Delete(Path.Combine(run.Root, "train.en"));
        var before = Everything(run.Root);
        Assert.Throws<DataException>(() => OpenedRun.Open(run.Configuration));
        Assert.Equal(before, Everything(run.Root));
    }

    [Fact]
    public void Dispose_OfTheFolder_TakesTheEndpointsAway()
    {
        using var run = new TemporaryRun();
        var opened = OpenedRun.Open(run.Configuration);
        DurableFile.WriteText(opened.Folder.EndpointsPath, "{}");
        opened.Dispose();
        Assert.False(File.Exists(opened.Folder.EndpointsPath));
        OpenedRun.Open(run.Configuration).Dispose(); // and the lock is free
    }

    [Fact]
    public void WriteAtomically_OverAFile_ReplacesItWhole()
    {
        using var run = new TemporaryRun();
        var path = Path.Combine(run.Root, "file.json");
        DurableFile.WriteText(path, "a long first content");
        DurableFile.WriteText(path, "short");
        Assert.Equal("short", File.ReadAllText(path));
        Assert.Empty(Directory.GetFiles(run.Root, "*.tmp"));
    }

    private static string[] Everything(string root) => [.. Directory.GetFileSystemEntries(root, "*", SearchOption.AllDirectories)
        .Order(StringComparer.Ordinal)];
}
