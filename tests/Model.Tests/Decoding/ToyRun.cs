using DistSeq2Seq.Configuration;
using DistSeq2Seq.Model.Checkpoints;
using DistSeq2Seq.Model.Checkpoints.Folders;
using DistSeq2Seq.Model.Data.Batching;
using DistSeq2Seq.Model.Data.Corpus;
using DistSeq2Seq.Model.Data.Text;
using DistSeq2Seq.Model.Training;

namespace DistSeq2Seq.Model.Tests.Decoding;

/// <summary>
/// A run folder of a toy language, whose words a0 to a11 are b0 to b11 in the other one: prepared corpus, trained model,
/// checkpoints. It goes away when disposed of.
/// </summary>
public sealed class ToyRun : IDisposable
{
    private const int Words = 12;

    private readonly int _words;
    private readonly RunConfiguration _configuration;
    private readonly PreparedFolder _data;
    private readonly Replica _replica;

    /// <param name="steps">Training steps; 0 for random weights.</param>
    /// <param name="words">Words of each language.</param>
    /// <param name="configuration">Of the model and its training; <see cref="Configuration"/> by default.</param>
    public ToyRun(int steps, int words = Words, RunConfiguration? configuration = null)
    {
        (_words, _configuration) = (words, configuration ?? Configuration);
        Path = Directory.CreateTempSubdirectory("distseq2seq-decoding-").FullName;
        DataPath = System.IO.Path.Combine(Path, "data");
        CorpusPreparer.Prepare(new PrepareOptions { Train = Split("train", 600, 1), Test = Split("test", 40, 2) }, DataPath);
        _data = PreparedFolder.Open(DataPath);
        _replica = new Replica(_configuration, _data.SourceVocabulary.Count, _data.TargetVocabulary.Count);
        Train(steps);
    }

    public static RunConfiguration Configuration { get; } = new()
    {
        Seed = 3,
        Data = new DataConfiguration { Format = DataFormat.Quickstart },
        Model = new ModelConfiguration
        {
            EmbeddingSize = 24,
            Encoder = new EncoderConfiguration { HiddenSize = 24 },
            Decoder = new DecoderConfiguration { HiddenSize = 32 },
            Dropout = 0.1,
            InitScale = 0.3,
        },
        Training = new TrainingConfiguration
        {
            BatchTokens = 256,
            MicroBatches = 1,
            Optimizer = new OptimizerConfiguration { LearningRate = 0.01 },
        },
        Cluster = new ClusterConfiguration { Workers = new WorkersConfiguration { Min = 1, Max = 1 } },
        Decoding = new DecodingConfiguration { Beam = 3, BatchSize = 8 },
    };

    public string Path { get; }

    public string DataPath { get; }

    /// <summary>The parameters of the next checkpoint.</summary>
    public float[] Parameters => _replica.Parameters;

    /// <summary>A sentence of the toy language.</summary>
    public static string Sentence(DeterministicRandom random, int length, char language = 'a', int words = Words) =>
        string.Join(' ', Enumerable.Range(0, length).Select(_ => $"{language}{random.Below(words)}"));

    /// <summary>What a perfect model gives.</summary>
    public static string Translate(string sentence) => sentence.Replace('a', 'b');

    /// <summary>Writes the model as the checkpoint of a step, and gives its folder.</summary>
    /// <param name="step">Global step.</param>
    /// <param name="validationLoss">Loss measured there, if any was.</param>
    /// <param name="configuration">What <c>config.yaml</c> says; by default the truth.</param>
    /// <param name="without">An attachment to leave out.</param>
    public string WriteCheckpoint(long step, double? validationLoss = null, RunConfiguration? configuration = null, string? without = null)
    {
        var yaml = ConfigurationWriter.ToYaml(configuration ?? _configuration);
        var files = PreparedFolder.TranslationFiles(DataPath);
        return new CheckpointStore(Path).Write(new CheckpointContent
        {
            Layout = _replica.Layout,
            Parameters = FloatBuffer.Of(_replica.Parameters),
            State = new CheckpointState
            {
                RunId = "toy",
                Step = step,
                Epoch = 0,
                BatchIndex = 0,
                Seed = _configuration.Seed,
                CorpusDigest = _data.TrainCorpus.Digest,
                ValidationHistory = validationLoss is { } loss ? [new ValidationPoint(step, loss, 100, Math.Exp(loss))] : [],
                Configuration = yaml,
            },
            Attachments =
            [
                CheckpointAttachment.Text("config.yaml", yaml),
                .. files.Where(name => name != without).Select(name => CheckpointAttachment.Copy(System.IO.Path.Combine(DataPath, name))),
            ],
        }).Path;
    }

    public void Dispose()
    {
        _replica.Dispose();
        _data.Dispose();
        Directory.Delete(Path, recursive: true);
    }

    private void Train(int steps)
    {
        var schedule = new BatchSchedule(_data, _configuration);
        var arrays = new MicroBatchArrays();
        using var gradient = _replica.NewGradientBuffer();
        for (var (step, epoch, index) = (0, 0, 0); step < steps; step++)
        {
            var batch = schedule.Batch(epoch, index);
            arrays.Fill(_data.TrainCorpus, batch.Sentences(0));
            _replica.ComputeGradient(arrays, (ulong)step, gradient);
            _replica.Apply(gradient.Values, batch.TargetTokens, _configuration.Training.Optimizer.LearningRate);
            (epoch, index) = index + 1 < schedule.BatchesOf(epoch) ? (epoch, index + 1) : (epoch + 1, 0);
        }
    }

    private CorpusSource Split(string name, int count, ulong seed)
    {
        var random = new DeterministicRandom(seed);
        string[] sentences = [.. Enumerable.Range(0, count).Select(_ => Sentence(random, 1 + random.Below(7), words: _words))];
        var (source, target) = (System.IO.Path.Combine(Path, name + ".a"), System.IO.Path.Combine(Path, name + ".b"));
        File.WriteAllLines(source, sentences);
        File.WriteAllLines(target, sentences.Select(Translate));
        return CorpusSource.Parallel(source, target);
    }
}
