using System.Net;
using System.Net.Sockets;
using System.Text;
using DistSeq2Seq.Cluster.Tests.Support;
using DistSeq2Seq.Protocol;
using Xunit;

namespace DistSeq2Seq.Cluster.Tests;

/// <summary>Bad input ends with one clear line and exit code 2, and nothing is written.</summary>
public sealed class BadInputTests : IDisposable
{
    private readonly TinyRun _run = new();

    [Fact]
    public async Task Train_ConfigurationMissing_NamesIt() =>
        await RefusesAsync(["train", Path.Combine(_run.Folder, "none.yaml")], "none.yaml", "no such file");

    [Fact]
    public async Task Train_TextMissing_NamesIt() =>
        await RefusesAsync([.. Train, "--set", "data.train.path=none.tsv"], "none.tsv");

    [Fact]
    public async Task Train_UnequalLineCounts_NamesBoth()
    {
        Write("three.txt", "a\nb\nc\n");
        Write("two.txt", "a\nb\n");
        await RefusesAsync(
            [.. Train, "--set", "data.format=parallel", "--set", "data.train.source=three.txt", "--set", "data.train.target=two.txt",
                "--set", "data.valid.source=two.txt", "--set", "data.valid.target=two.txt"],
            "3", "2", "three.txt", "two.txt");
    }

    [Fact]
    public async Task Train_CsvWithoutTheColumn_NamesItAndThoseFound()
    {
        Write("a.csv", "english,francais\nyes,oui\n");
        await RefusesAsync(
            [.. Train, "--set", "data.format=csv", "--set", "data.train.path=a.csv", "--set", "data.valid.path=a.csv",
                "--set", "data.source_column=english", "--set", "data.target_column=french"],
            "french", "francais");
    }

    [Fact]
    public async Task Train_InvalidUtf8_NamesTheLine()
    {
        File.WriteAllBytes(Path.Combine(_run.Folder, "bad.tsv"), [.. "a\tb\nc\td\n"u8, .. "e\t"u8, 0xC3, 0x28, (byte)'\n']);
        await RefusesAsync([.. Train, "--set", "data.train.path=bad.tsv"], "bad.tsv", "3", "UTF-8");
    }

    [Fact]
    public async Task Train_EmptyCorpus_NamesIt()
    {
        Write("empty.tsv", "");
        await RefusesAsync([.. Train, "--set", "data.train.path=empty.tsv"], "empty.tsv");
    }

    [Fact]
    public async Task Train_UnknownKey_NamesTheNearest() =>
        await RefusesAsync([.. Train, "--set", "training.batch_token=5"], "training.batch_token", "training.batch_tokens");

    [Theory]
    [InlineData("model.embedding_size=0", "model.embedding_size")]
    [InlineData("model.decoder.hidden_size=many", "many")]
    [InlineData("training.micro_batches=1", "training.micro_batches")]
    [InlineData("model.attention=dot", "model.attention")]
    public async Task Train_ImpossibleSizes_NamesKeyAndValue(string setting, string named) =>
        await RefusesAsync([.. Train, "--workers", "2", "--set", setting], named);

    [Fact]
    public async Task Train_PortInUse_NamesIt()
    {
        using var other = new TcpListener(IPAddress.Loopback, 0);
        other.Start();
        var port = ((IPEndPoint)other.LocalEndpoint).Port;
        await RefusesAsync([.. Train, "--set", $"cluster.ports.http={port}"], $"{port}", "cluster.ports.http");
    }

    [Fact]
    public async Task Train_FolderOfAnotherConfiguration_NamesTheDifference()
    {
        (await ProgramRunner.RunAsync([.. Train, "--workers", "1", "--set", "training.max_steps=1"]))
            .Expect(ExitCodes.Success, _run.RunFolder);
        var before = File.ReadAllText(Path.Combine(_run.RunFolder, "config.yaml"));

        var refused = await ProgramRunner.RunAsync([.. Train, "--workers", "1", "--set", "model.dropout=0.1"]);

        AssertRefusal(refused, "model.dropout", "0.3", "0.1");
        Assert.Equal(before, File.ReadAllText(Path.Combine(_run.RunFolder, "config.yaml")));
    }

    [Theory]
    [InlineData("--workers", "many")]
    [InlineData("--nonsense")]
    public async Task Train_WrongOption_OneLine(params string[] options) => await RefusesAsync([.. Train, .. options], options[^1]);

    public void Dispose() => _run.Dispose();

    private string[] Train => ["train", _run.ConfigurationPath];

    private async Task RefusesAsync(string[] command, params string[] named)
    {
        var before = Listing();
        AssertRefusal(await ProgramRunner.RunAsync(command), named);
        Assert.Equal(before, Listing());
    }

    private static void AssertRefusal(ProgramEnd end, params string[] named)
    {
        var (_, error) = end.Expect(ExitCodes.BadInput);
        var line = Assert.Single(error.Split('\n', StringSplitOptions.RemoveEmptyEntries));
        Assert.All(named, part => Assert.Contains(part, line, StringComparison.Ordinal));
    }

    private string[] Listing() => [.. Directory.GetFileSystemEntries(_run.Folder, "*", SearchOption.AllDirectories)
        .Order(StringComparer.Ordinal)];

    private void Write(string name, string text) => File.WriteAllText(Path.Combine(_run.Folder, name), text, new UTF8Encoding(false));
}
