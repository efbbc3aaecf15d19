using System.Reflection;
using Xunit;

namespace DistSeq2Seq.Configuration.Tests;

public class ConfigurationWriterTests
{
    private static readonly string[] Texts =
        ["", "plain", "a b", "true", "null", "007", "1e5", "-x", "#no comment", "a: b", "\"quoted\"", "back\\slash", "tab\tline\nend\r",
            "\u0085\u2028\uFEFF\u0001", "été ☃ 😀", "[list]", "{map}", "~", "*a", "'"];

    [Fact]
    public void ToYaml_RandomConfigurations_AreReadBackEqual()
    {
        for (var seed = 0; seed < 300; seed++)
        {
            var configuration = Random(seed);
            var yaml = ConfigurationWriter.ToYaml(configuration);
            Assert.Equal(configuration, ConfigurationReader.Parse(yaml, $"seed {seed}"));
            Assert.Equal(yaml, ConfigurationWriter.ToYaml(ConfigurationReader.Parse(yaml, $"seed {seed}")));
        }
    }

    [Fact]
    public void Reference_Committed_IsWhatTheProjectWrites()
    {
        var root = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(root.FullName, "DistSeq2Seq.sln")))
            root = root.Parent ?? throw new InvalidOperationException("this test runs within the repository, which has DistSeq2Seq.sln "
                + "at its root");
        var path = Path.Combine(root.FullName, "examples", "reference.yaml");
        if (Environment.GetEnvironmentVariable("DISTSEQ2SEQ_UPDATE") == "1")
            File.WriteAllText(path, ConfigurationWriter.Reference());
        Assert.True(File.Exists(path) && File.ReadAllText(path) == ConfigurationWriter.Reference(),
            "examples/reference.yaml is out of date; write it anew: DISTSEQ2SEQ_UPDATE=1 dotnet test tests/Configuration.Tests --filter "
            + "Reference");
    }

    [Fact]
    public void Reference_WithFilesNamed_IsTheDefaultConfiguration()
    {
        string[] files = ["data.train.source=a", "data.train.target=b", "data.valid.source=c", "data.valid.target=d"];
        Assert.Equal(ConfigurationReader.Parse("", "empty", files), ConfigurationReader.Parse(ConfigurationWriter.Reference(),
            "reference", files));
    }

    [Fact]
    public void ForbiddenChanges_OfWhatDecidesTheModel_AreNamedWithBothValues()
    {
        var before = Random(1);
        var after = before with
        {
            Seed = before.Seed + 1,
            Model = before.Model with
            {
                Attention = before.Model.Attention == AttentionKind.None ? AttentionKind.Additive : AttentionKind.None,
            },
        };
        Assert.Equal(
            [$"seed was {before.Seed}, is {after.Seed}", $"model.attention was {before.Model.Attention.ToString().ToLowerInvariant()}, "
                + $"is {after.Model.Attention.ToString().ToLowerInvariant()}"],
            ConfigurationWriter.ForbiddenChanges(before, after));
    }

    [Fact]
    public void ForbiddenChanges_OfPortsTimesAndLimits_AreNone()
    {
        var before = new RunConfiguration();
        var after = before with
        {
            Run = "elsewhere",
            Training = before.Training with { MaxEpochs = 77, MaxSteps = 5 },
            Checkpoints = before.Checkpoints with { Every = 3, KeepLast = 9 },
            Cluster = before.Cluster with
            {
                Workers = new() { Min = 1, Max = 3 },
                Ports = new() { Akka = 0, Grpc = 0, Http = 0 },
                Topology = Topology.Star,
            },
        };
        Assert.Empty(ConfigurationWriter.ForbiddenChanges(before, after));
        Assert.Empty(ConfigurationWriter.ForbiddenChanges(before, before));
    }

    [Fact]
    public void Override_OfAnyKey_IsWhatAFileWouldSay()
    {
        var inFile = ConfigurationReader.Parse("data: {format: quickstart}\ntraining: {max_steps: 7, optimizer: {learning_rate: 1e-5}}\n",
            "file");
        Assert.Equal(inFile, ConfigurationReader.Parse("data: {format: quickstart}\n", "file",
            ["training.max_steps = 7", "training.optimizer.learning_rate=1e-5"]));
        Assert.Equal(8, ConfigurationReader.Parse("data: {format: quickstart}", "file", ["seed=7", "seed=8"]).Seed); // the last one counts
    }

    /// <summary>A valid configuration with every key drawn at random.</summary>
    private static RunConfiguration Random(int seed)
    {
        var random = new Random(seed);
        var drawn = (RunConfiguration)Draw(typeof(RunConfiguration), random);
        return drawn with
        {
            Data = drawn.Data with
            {
                Format = DataFormat.Parallel,
                Tokenizer = random.Next(2) == 0 ? "bpe" : "bpe_raw",
                Train = new() { Source = "a" + drawn.Data.Train.Source, Target = "b" + drawn.Data.Train.Target },
                Valid = new() { Source = "c", Target = "d" },
                Test = new(),
            },
            Model = drawn.Model with
            {
                Attention = AttentionKind.General,
                EmbeddingSize = random.Next(1, 500),
                TiedEmbeddings = TiedEmbeddings.None,
                ForgetBias = drawn.Model.Cell == CellKind.Lstm ? drawn.Model.ForgetBias : 0,
                Encoder = drawn.Model.Encoder with { HiddenSize = random.Next(1, 500), Layers = random.Next(1, 5) },
                Decoder = drawn.Model.Decoder with { HiddenSize = random.Next(1, 500), Layers = random.Next(1, 5) },
            },
            Training = drawn.Training with
            {
                MaxEpochs = random.Next(1, 9),
                MicroBatches = 64,
                Optimizer = drawn.Training.Optimizer with { Name = OptimizerKind.Sgd, WeightDecay = 0, Momentum = 0.5 },
                ScheduledSampling = drawn.Training.ScheduledSampling with { Over = 9 },
                Schedule = drawn.Training.Schedule with
                {
                    Warmup = 7,
                    Every = new(0.5, SpanUnit.Epochs),
                    MinLearningRate = drawn.Training.Optimizer.LearningRate / 2,
                },
            },
            Cluster = drawn.Cluster with
            {
                Workers = new() { Min = random.Next(1, 8), Max = random.Next(8, 65) },
                ChunkBytes = random.Next(256, 1000) * 4,
                BucketBytes = random.Next(1024, 1 << 20) * 4,
            },
        };
    }

    private static object Draw(Type type, Random random)
    {
        var section = Activator.CreateInstance(type)!;
        foreach (var property in type.GetProperties())
        {
            if (property.GetCustomAttribute<SettingAttribute>() is not { } setting)
                continue;
            var (low, high) = (Math.Max(setting.Min, -1e6), Math.Min(setting.Max, 1e6));
            property.SetValue(section, property.PropertyType switch
            {
                var t when t == typeof(string) => Texts[random.Next(Texts.Length)],
                var t when t == typeof(bool) => random.Next(2) == 0,
                var t when t == typeof(int) => random.Next((int)low, (int)high + 1),
                var t when t == typeof(long) => random.NextInt64((long)low, (long)high + 1),
                var t when t == typeof(double) => low + (random.NextDouble() * (high - low)),
                var t when t == typeof(TrainingSpan) => new TrainingSpan(random.Next(1000) * Math.Pow(10, random.Next(9)),
                    (SpanUnit)random.Next(3)),
                { IsEnum: true } t => Enum.GetValues(t).GetValue(random.Next(Enum.GetValues(t).Length)),
                var t => Draw(t, random),
            });
        }

        return section;
    }
}
