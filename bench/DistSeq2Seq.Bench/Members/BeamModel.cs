using System.CommandLine;
using System.Text.Json;
using DistSeq2Seq.Bench.Runs;
using DistSeq2Seq.Configuration;
using DistSeq2Seq.Model.Checkpoints;
using DistSeq2Seq.Model.Checkpoints.Folders;
using DistSeq2Seq.Model.Data.Corpus;
using DistSeq2Seq.Model.Training;

namespace DistSeq2Seq.Bench.Members;

/// <summary>
/// Writes a checkpoint of the reference model with random weights, so large that the distributions over words are about as sharp as
/// a trained model's. The recurrent ones are not larger than a trained model's: at three times the first weights the layers are
/// chaotic, and the roundings of two programs grow with every word until their scores differ in the third digit.
/// </summary>
internal static class BeamModel
{
    /// <summary>First weights lie in ±1/√512 or so.</summary>
    private const float Scale = 1.5f;

    /// <summary>Of the output layer, besides.</summary>
    private const float OutputScale = 40;

    /// <summary>The hidden verb: prepared corpus, sentences wanted, folder for checkpoint and sentences.</summary>
    public static Command Create()
    {
        var corpus = new Option<string>("--corpus") { Required = true };
        var count = new Option<int>("--count") { Required = true };
        var folder = new Option<string>("--folder") { Required = true };
        var command = new Command("beam-model") { corpus, count, folder };
        command.Hidden = true;
        command.SetAction(parsed =>
        {
            Write(parsed.GetValue(corpus)!, parsed.GetValue(count), parsed.GetValue(folder)!);
            Console.WriteLine(new Measurement(0, 0).ToLine());
            return 0;
        });
        return command;
    }

    private static void Write(string prepared, int count, string folder)
    {
        var configuration = ReferenceCase.Configuration(1) with { Run = folder, Data = RunFiles.DataOf(folder) };
        using var data = PreparedFolder.Open(prepared);
        using var replica = new Replica(configuration, data.SourceVocabulary.Count, data.TargetVocabulary.Count);
        replica.Reset();
        Sharpen(replica);
        var path = new CheckpointStore(folder).Write(new CheckpointContent
        {
            Layout = replica.Layout,
            Parameters = FloatBuffer.Of(replica.Parameters),
            State = State(configuration, data),
            Attachments =
            [
                CheckpointAttachment.Text("config.yaml", ConfigurationWriter.ToYaml(configuration)),
                .. PreparedFolder.TranslationFiles(prepared).Select(name => CheckpointAttachment.Copy(Path.Combine(prepared, name))),
            ],
        }).Path;
        File.WriteAllText(Path.Combine(folder, "checkpoint"), path);

        int[][] ids = [.. Enumerable.Range(0, count).Select(i => data.TrainCorpus.Source(i).ToArray())];
        File.WriteAllLines(Path.Combine(folder, "sentences.jsonl"), ids.Select(line => JsonSerializer.Serialize(line)));
        File.WriteAllLines(Path.Combine(folder, "sentences.txt"),
            ids.Select(line => string.Join(' ', line.Select(id => data.SourceVocabulary[id]))));
    }

    private static void Sharpen(Replica replica)
    {
        foreach (var tensor in replica.Layout.Tensors)
        {
            var scale = tensor.Name.StartsWith("decoder.output.", StringComparison.Ordinal) ? Scale * OutputScale : Scale;
            foreach (ref var value in replica.Parameters.AsSpan((int)tensor.Offset, (int)tensor.Count))
                value *= scale;
        }
    }

    private static CheckpointState State(RunConfiguration configuration, PreparedFolder data) => new()
    {
        RunId = Guid.NewGuid().ToString(),
        Step = 1,
        Epoch = 0,
        BatchIndex = 0,
        Seed = configuration.Seed,
        CorpusDigest = data.TrainCorpus.Digest,
        Configuration = ConfigurationWriter.ToYaml(configuration),
        WrittenAt = DateTimeOffset.UtcNow,
    };
}
