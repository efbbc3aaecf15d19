using DistSeq2Seq.Cli.Average;
using DistSeq2Seq.Model.Checkpoints.Folders;
using DistSeq2Seq.Model.Data.Batching;
using DistSeq2Seq.Model.Decoding;
using DistSeq2Seq.Model.Tests.Decoding;
using Xunit;

namespace DistSeq2Seq.Cli.Tests.Average;

public sealed class AverageCommandTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("distseq2seq-average-");
    private readonly ToyRun _run = new(steps: 0);
    private readonly List<float[]> _parameters = [];

    public AverageCommandTests()
    {
        // The losses put the steps in the order 20, 30, 10; step 40 was not validated.
        var random = new DeterministicRandom(5);
        foreach (var (step, loss) in new[] { (10L, (double?)3.0), (20, 1), (30, 2), (40, null) })
        {
            for (var i = 0; i < _run.Parameters.Length; i++)
                _run.Parameters[i] = (float)((random.Below(2001) / 1000.0) - 1);
            _parameters.Add([.. _run.Parameters]);
            _run.WriteCheckpoint(step, loss);
        }
    }

    public void Dispose()
    {
        _run.Dispose();
        _folder.Delete(recursive: true);
    }

    [Theory]
    [InlineData(new[] { 2, 3 }, "--last", "2")]
    [InlineData(new[] { 1, 2 }, "--best", "2")]
    [InlineData(new[] { 0, 2, 3 }, "step-000000010", "step-000000030", "step-000000040")]
    [InlineData(new[] { 0, 2, 3 }, "step-000000040", "step-000000010", "step-000000030")]
    public async Task Average_Checkpoints_IsTheMeanInDoublePrecision(int[] expected, params string[] choice)
    {
        var outcome = await Verb.RunAsync(AverageCommand.Create(), ["--run", _run.Path, "--output", Output, .. choice]);
        Assert.Equal((0, ""), (outcome.Code, outcome.Error));
        var steps = string.Join(", ", expected.Select(i => (i + 1) * 10));
        Assert.Equal($"{Output}: the mean of {expected.Length} checkpoints (steps {steps})\n", outcome.Output);
        var mean = new float[_run.Parameters.Length];
        for (var i = 0; i < mean.Length; i++)
        {
            var sum = 0.0;
            foreach (var index in expected)
                sum += _parameters[index][i];
            mean[i] = (float)(sum / expected.Length);
        }

        using var written = LoadedCheckpoint.Open(Output, CheckpointScope.Everything);
        var found = new float[mean.Length];
        written.CopyParameters(found);
        Assert.Equal(mean, found);
        Assert.Empty(written.Slots);
        Assert.Null(written.State.ValidationLossHere());
    }

    [Fact]
    public async Task Average_Output_TranslatesByItself_AndTheRunIsAsBefore()
    {
        Assert.Equal(0, (await Verb.RunAsync(AverageCommand.Create(), "--run", _run.Path, "--last", "4", "--output", Output)).Code);
        using var model = TranslationModel.Load(Output);
        Assert.Equal(40, model.Step);
        Assert.Single(new Translator(model).Translate(["a1 a2"]));
        Assert.Equal([10L, 20, 30, 40], new CheckpointStore(_run.Path).List().Select(info => info.Step));
        Assert.Equal([Output], Directory.GetFileSystemEntries(_folder.FullName));
    }

    [Theory]
    [InlineData("say which checkpoints", "--run", "{run}", "--output", "{new}")]
    [InlineData("say which checkpoints", "--run", "{run}", "--output", "{new}", "--last", "1", "--best", "1")]
    [InlineData("say which checkpoints", "--run", "{run}", "--output", "{new}", "--last", "1", "step-000000010")]
    [InlineData("--output is not given", "--run", "{run}", "--last", "1")]
    [InlineData("--last needs --run", "--output", "{new}", "--last", "1")]
    [InlineData("--last is 0; it must be 1 or more", "--run", "{run}", "--output", "{new}", "--last", "0")]
    [InlineData("has 4 undamaged checkpoints, and --last asks for 5", "--run", "{run}", "--output", "{new}", "--last", "5")]
    [InlineData("has 3 undamaged checkpoints with a validation, and --best asks for 4", "--run", "{run}", "--output", "{new}",
        "--best", "4")]
    [InlineData("there is no such run folder", "--run", "{new}", "--output", "{new}", "--last", "1")]
    [InlineData("{run} is there already", "--output", "{run}", "{run}/checkpoints/step-000000010")]
    [InlineData("belongs to the run", "--run", "{run}", "--output", "{run}/checkpoints/step-000000099", "--last", "2")]
    [InlineData("step-000000010: is given twice", "--run", "{run}", "--output", "{new}", "step-000000010",
        "{run}/checkpoints/step-000000010/")]
    [InlineData("step-000000011: there is no such checkpoint", "--output", "{new}", "{run}/checkpoints/step-000000011")]
    public async Task Average_BadInput_EndsWithOneLineAndCode2_AndWritesNothing(string expected, params string[] arguments)
    {
        var outcome = await Verb.RunAsync(AverageCommand.Create(), [.. arguments.Select(Fill)]);
        Assert.Contains(Fill(expected), outcome.BadInputLine().Replace($"{_run.Path}: is there", $"{_run.Path} is there"));
        Assert.Empty(_folder.GetFileSystemInfos());

        string Fill(string text) => text.Replace("{run}", _run.Path).Replace("{new}", Output);
    }

    [Fact]
    public async Task Average_CheckpointsOfUnlikeRuns_AreRefused()
    {
        using var other = new ToyRun(steps: 0);
        var vocabulary = Path.Combine(other.DataPath, "target.vocab");
        var lines = File.ReadAllLines(vocabulary);
        (lines[^1], lines[^2]) = (lines[^2], lines[^1]);
        File.WriteAllLines(vocabulary, lines);
        var foreign = other.WriteCheckpoint(10);
        var outcome = await Verb.RunAsync(AverageCommand.Create(), "--run", _run.Path, "--output", Output, "step-000000040", foreign);
        Assert.Contains($"{foreign}: its target.vocab is another one", outcome.BadInputLine());
        Assert.False(Directory.Exists(Output));
    }

    [Fact]
    public async Task Average_ParametersThatAreNotFinite_AreNamed()
    {
        _run.Parameters[^1] = float.NaN;
        _run.WriteCheckpoint(50);
        var outcome = await Verb.RunAsync(AverageCommand.Create(), "--run", _run.Path, "--output", Output, "--last", "2");
        Assert.Contains("holds NaN", outcome.BadInputLine());
        Assert.False(Directory.Exists(Output));
    }

    private string Output => Path.Combine(_folder.FullName, "average");
}
