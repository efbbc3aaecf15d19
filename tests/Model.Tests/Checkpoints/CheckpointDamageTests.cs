using System.Security.Cryptography;
using System.Text.Json.Nodes;
using DistSeq2Seq.Model.Checkpoints;
using DistSeq2Seq.Model.Checkpoints.Folders;
using Xunit;

namespace DistSeq2Seq.Model.Tests.Checkpoints;

/// <summary>Any damage to a checkpoint's files is noticed and named, and the checkpoint before it is used.</summary>
public sealed class CheckpointDamageTests : IDisposable
{
    private readonly TestFolder _run = new();
    private readonly CheckpointStore _store;
    private readonly string _newest;

    public CheckpointDamageTests()
    {
        _store = new CheckpointStore(_run.Path);
        _store.Write(Samples.Content(100));
        _newest = _store.Write(Samples.WithAverage(200)).Path;
    }

    public static TheoryData<string> AllFiles =>
        new("SHA256SUMS", "config.yaml", "ema.safetensors", "model.safetensors", "optimizer.safetensors", "source.vocab", "state.json");

    public void Dispose() => _run.Dispose();

    [Theory]
    [MemberData(nameof(AllFiles))]
    public void Load_OneBitFlippedAnywhere_IsNamed(string name)
    {
        var path = Path.Combine(_newest, name);
        var original = File.ReadAllBytes(path);
        for (var position = 0; position < original.Length; position++)
        {
            // Seven and eight have no common divisor, so every bit position occurs.
            byte[] damaged = [.. original];
            damaged[position] ^= (byte)(1 << (position * 7 % 8));
            File.WriteAllBytes(path, damaged);
            var exception = Assert.Throws<CheckpointException>(() => _store.Load(_newest).Dispose());
            Assert.StartsWith(_newest, exception.Message);
        }
        AssertTheOneBeforeIsUsed(name == "SHA256SUMS" ? _newest : path);
        File.WriteAllBytes(path, original);
        Assert.Equal(200, _store.NewestValid(Assert.Fail)!.Step);
    }

    [Fact]
    public void Load_BitsOfTheChecksumListFlipped_AreNoticed()
    {
        var path = Path.Combine(_newest, "SHA256SUMS");
        var original = File.ReadAllBytes(path);
        // Every third bit: every bit position of a byte occurs, and every kind of character.
        for (var bit = 0; bit < original.Length * 8; bit += 3)
        {
            byte[] damaged = [.. original];
            damaged[bit / 8] ^= (byte)(1 << (bit % 8));
            File.WriteAllBytes(path, damaged);
            Assert.Throws<CheckpointException>(() => _store.Load(_newest).Dispose());
        }
    }

    [Theory]
    [MemberData(nameof(AllFiles))]
    public void NewestValid_FileTruncated_NamesItAndUsesTheOneBefore(string name)
    {
        var path = Path.Combine(_newest, name);
        var original = File.ReadAllBytes(path);
        foreach (var length in new[] { 0, 1, original.Length / 2, original.Length - 1 })
        {
            File.WriteAllBytes(path, original[..length]);
            AssertTheOneBeforeIsUsed(name == "SHA256SUMS" ? _newest : path);
            Assert.False(_store.List()[^1].IsIntact);
        }
    }

    [Theory]
    [MemberData(nameof(AllFiles))]
    public void NewestValid_GarbageAppended_NamesItAndUsesTheOneBefore(string name)
    {
        var path = Path.Combine(_newest, name);
        File.AppendAllText(path, "\0");

        AssertTheOneBeforeIsUsed(path);
        Assert.False(_store.List()[^1].IsIntact);
    }

    [Theory]
    [MemberData(nameof(AllFiles))]
    public void NewestValid_FileMissing_NamesItAndUsesTheOneBefore(string name)
    {
        var path = Path.Combine(_newest, name);
        File.Delete(path);

        AssertTheOneBeforeIsUsed(path);
        Assert.Contains("missing", _store.List()[^1].Problem);
    }

    [Fact]
    public void NewestValid_EmptyFolder_IsSkipped()
    {
        Directory.CreateDirectory(_store.PathOf(300));
        var damaged = new List<string>();

        Assert.Equal(200, _store.NewestValid(damaged.Add)!.Step);
        Assert.StartsWith(_store.PathOf(300), Assert.Single(damaged));
    }

    [Fact]
    public void NewestValid_FolderUnderAnotherStepsName_IsSkipped()
    {
        Directory.Move(_newest, _store.PathOf(300));
        var damaged = new List<string>();

        Assert.Equal(100, _store.NewestValid(damaged.Add)!.Step);
        Assert.Contains("is of step 200, but the folder's name says 300", Assert.Single(damaged));
    }

    [Fact]
    public void NewestValid_AllDamaged_NamesAllAndFindsNone()
    {
        foreach (var info in _store.List())
            File.Delete(Path.Combine(info.Path, "model.safetensors"));
        var damaged = new List<string>();

        Assert.Null(_store.NewestValid(damaged.Add));
        Assert.Equal(2, damaged.Count);
    }

    [Fact]
    public void Load_TensorsThatContradictTheReplicaDigest_IsNamedEvenWithRightHashes()
    {
        // A faulty writer could leave this: every hash is right, but the state has a wrong digest.
        Reseal(state => state["replica_digest"] = new string('0', 64));

        Assert.Contains("replica digest", Assert.Throws<CheckpointException>(() => _store.Load(_newest)).Message);
        Assert.Equal(100, _store.NewestValid()!.Step);
    }

    [Theory]
    [InlineData("format", 2, "format 2")]
    [InlineData("unheard_of", 2, "unheard_of")]
    [InlineData("step", "x", "not the state")]
    [InlineData("layout_digest", "00", "layout digest")]
    public void Load_StateOfAnotherForm_SaysSo(string key, object value, string expected)
    {
        Reseal(state => state[key] = value is int number ? JsonValue.Create(number) : JsonValue.Create((string)value));

        Assert.Contains(expected, Assert.Throws<CheckpointException>(() => _store.Load(_newest)).Message);
    }

    [Fact]
    public void Load_StateThatLacksAFile_IsRefused()
    {
        Reseal(state => state["files"]!.AsArray().RemoveAt(0));

        Assert.Throws<CheckpointException>(() => _store.Load(_newest));
    }

    [Fact]
    public void Load_MissingFolder_IsNamed()
    {
        var path = _store.PathOf(77);

        Assert.StartsWith(path, Assert.Throws<CheckpointException>(() => _store.Load(path)).Message);
    }

    /// <summary>Changes the state and makes the list of hashes agree with it.</summary>
    private void Reseal(Action<JsonNode> change)
    {
        string statePath = Path.Combine(_newest, "state.json"), listPath = Path.Combine(_newest, "SHA256SUMS");
        var state = JsonNode.Parse(File.ReadAllText(statePath))!;
        change(state);
        File.WriteAllText(statePath, state.ToJsonString());
        var hash = Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(statePath)));
        var lines = File.ReadAllLines(listPath)
            .Select(line => line.EndsWith("state.json") ? $"{hash}  state.json" : line);
        File.WriteAllText(listPath, string.Join('\n', lines) + "\n");
    }

    private void AssertTheOneBeforeIsUsed(string named)
    {
        var damaged = new List<string>();
        Assert.Equal(100, _store.NewestValid(damaged.Add)!.Step);
        Assert.StartsWith(named, Assert.Single(damaged));
    }
}
