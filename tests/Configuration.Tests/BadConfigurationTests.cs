using Xunit;

namespace DistSeq2Seq.Configuration.Tests;

/// <summary>Each kind of mistake ends with one line that names the place, the key, the value seen and what would be right.</summary>
public class BadConfigurationTests
{
    private const string Files = "data: {train: {source: a, target: b}, valid: {source: a, target: b}}\n";

    [Theory]
    [InlineData("trainig:\n  max_steps: 5\n", "run.yaml, line 1: unknown key trainig; the nearest right one is training")]
    [InlineData("training:\n  max_step: 5\n", "run.yaml, line 2: unknown key training.max_step; the nearest right one is "
        + "training.max_steps")]
    [InlineData("learning_rate: 5\n", "unknown key learning_rate; the nearest right one is training.optimizer.learning_rate")]
    [InlineData("model: {encoder: {hiden_size: 5}}\n", "unknown key model.encoder.hiden_size; the nearest right one is "
        + "model.encoder.hidden_size")]
    [InlineData("seed: many\n", "line 1: seed is `many`; it takes a whole number of at least 0")]
    [InlineData("seed: -1\n", "seed is -1; it takes a whole number of at least 0")]
    [InlineData("seed: 1.5\n", "seed is `1.5`; it takes a whole number")]
    [InlineData("seed: 99999999999999999999\n", "seed is `99999999999999999999`; it takes a whole number")]
    [InlineData("model: {dropout: 1.0}\n", "model.dropout is 1.0; it takes a number from 0 to 0.99")]
    [InlineData("model: {dropout: .nan}\n", "model.dropout is `.nan`; it takes a number")]
    [InlineData("model: {attention: genral}\n", "model.attention is `genral`; it takes one of: none, dot, general, additive, scaled_dot, "
        + "scaled_general, normed_additive (nearest: general)")]
    [InlineData("model: {encoder: {bidirectional: yes}}\n", "model.encoder.bidirectional is `yes`; it takes true or false")]
    [InlineData("model: 5\n", "model is a section with keys of its own (embedding_size, cell, encoder")]
    [InlineData("seed: [1, 2]\n", "seed takes a single value")]
    [InlineData("model: {embedding_size: 0}\n", "model.embedding_size is 0; it takes a whole number from 1 to 65536")]
    [InlineData("cluster: {ports: {grpc: 70000}}\n", "cluster.ports.grpc is 70000; it takes a whole number from 0 to 65535")]
    [InlineData("cluster: {workers: {min: 3, max: 2}}\n", "cluster.workers.min is 3 and cluster.workers.max is 2; min must not be "
        + "above max")]
    [InlineData("cluster: {workers: {max: 5}}\n", "cluster.workers.max is 5 but training.micro_batches is 4")]
    [InlineData("cluster: {chunk_bytes: 1026}\n", "cluster.chunk_bytes is 1026")]
    [InlineData("training: {max_epochs: 0}\n", "training.max_epochs and training.max_steps are both 0")]
    [InlineData("model: {attention: dot}\n", "model.attention dot needs encoder and decoder states of equal size, but the encoder's is 512 "
        + "(both directions) and model.decoder.hidden_size is 256")]
    [InlineData("training: {validate_every: 5x}\n", "training.validate_every is `5x`; it takes a whole number of updates or a "
        + "number with a unit, for example 500, 100Ku (updates), 10Gt (target tokens) or 5e (epochs)")]
    [InlineData("training: {max_steps: -1}\n", "training.max_steps is `-1`; it takes a whole number of updates")]
    [InlineData("training: {schedule: {name: inverse_square_root}}\n", "training.schedule.warmup and training.schedule.start are both 0")]
    [InlineData("training: {schedule: {name: halving, every: 0}}\n", "training.schedule.every is 0, but training.schedule.name halving")]
    [InlineData("training: {schedule: {min_learning_rate: 1}}\n",
        "training.schedule.min_learning_rate is 1, above training.optimizer.learning_rate, 0.001")]
    [InlineData("training: {optimizer: {name: sgd, weight_decay: 0.1}}\n",
        "training.optimizer.weight_decay is 0.1, but training.optimizer.name sgd decays no weights; set the name to adamw")]
    [InlineData("training: {optimizer: {name: sgd, nesterov: true}}\n",
        "training.optimizer.nesterov is true, but the optimizer is sgd with "
        + "momentum 0")]
    [InlineData("training: {optimizer: {momentum: 0.9}}\n", "training.optimizer.momentum is 0.9, but training.optimizer.name adam has none "
        + "of its own")]
    [InlineData("training: {scheduled_sampling: {schedule: linear, over: 0}}\n", "training.scheduled_sampling.over is 0")]
    [InlineData("training: {ema_decay: 1}\n", "training.ema_decay is 1; it takes a number from 0 to 0.9999999")]
    [InlineData("model: {attention: scaled_dot}\n", "model.attention scaled_dot needs encoder and decoder states of equal size")]
    [InlineData("model: {attention: none, input_feeding: true}\n", "model.input_feeding is true, but model.attention is none")]
    [InlineData("model: {cell: gru, forget_bias: 1.5}\n", "model.forget_bias is 1.5, but model.cell gru has no forget gate")]
    [InlineData("model: {tied_embeddings: decoder, embedding_size: 64}\n", "model.embedding_size is 64 and model.decoder.hidden_size is "
        + "256; make them equal")]
    [InlineData("model: {tied_embeddings: all}\n", "model.tied_embeddings is all, but data.shared_vocabulary is false")]
    [InlineData("model: {tied_embeddings: all}\ndata: {shared_vocabulary: true, target_vectors: v.txt, train: {source: a, target: b}, "
        + "valid: {source: a, target: b}}\n#", "data.target_vectors is `v.txt`, but model.tied_embeddings is all")]
    [InlineData("model: {encoder: {hidden_size: 65536, layers: 64}}\n", "billion parameters")]
    public void Parse_BadValue_SaysKeyValueAndWhatWouldBeRight(string yaml, string expected) =>
        AssertOneLine(expected, () => ConfigurationReader.Parse(yaml + Files, "run.yaml"));

    [Theory]
    [InlineData("data: {tokenizer: words}\n", "data.tokenizer is `words`; it takes one of: word, none, character, bpe, bpe_raw "
        + "(nearest: word)")]
    [InlineData("data: {bpe_dropout: 0.1}\n", "data.bpe_dropout is 0.1, but data.tokenizer is word, which has no merges to leave out")]
    [InlineData("data: {max_length_ratio: 0.5}\n", "data.max_length_ratio is 0.5; it takes 0 (no limit) or a number of at least 1")]
    [InlineData("data: {normalization: nfd}\n", "data.normalization is `nfd`; it takes one of: none, nfc, nfkc")]
    [InlineData("data: {bpe_merges: 0}\n", "data.bpe_merges is 0; it takes a whole number from 1 to 1000000")]
    [InlineData("data: {format: tsv}\n", "data.train.path is empty; data.format tsv needs it")]
    [InlineData("data: {format: csv, train: {path: a}, valid: {path: b}}\n",
        "data.source_column is `` and data.target_column is ``; data.format csv needs both")]
    [InlineData("data: {train: {source: a}}\n", "data.train.source is `a` and data.train.target is ``; data.format parallel needs both")]
    [InlineData("data: {format: quickstart, train: {source: a, target: b}}\n", "data.train names files, but data.format is quickstart")]
    [InlineData("- a\n- b\n", "run.yaml: expected keys and values")]
    [InlineData("a: [1\n", "run.yaml, line")]
    [InlineData("seed: 1\nseed: 2\n", "not valid YAML")]
    public void Parse_BadData_SaysWhatIsMissing(string yaml, string expected) =>
        AssertOneLine(expected, () => ConfigurationReader.Parse(yaml, "run.yaml"));

    [Theory]
    [InlineData("training.max_steps", "--set training.max_steps: expected the form a.b=c")]
    [InlineData("=5", "--set =5: expected the form a.b=c")]
    [InlineData("training.max_stesp=5", "unknown key training.max_stesp; the nearest right one is training.max_steps")]
    [InlineData("data.train={source: x}", "--set data.train={source: x}: data.train is a section with keys of its own (source, target, "
        + "path, tag, weight), found `{source: x}`; set them one by one, as data.train.source")]
    [InlineData("data.train.source.x=5", "--set data.train.source.x=5: data.train.source takes a single value, found `")]
    [InlineData("modle.dropout=5", "--set modle.dropout=5: unknown key modle; the nearest right one is model")]
    [InlineData("model.dropout=5", "--set model.dropout=5: model.dropout is 5; it takes a number from 0 to 0.99")]
    [InlineData("training.max_steps=x", "training.max_steps is `x`; it takes a whole number of updates or a number with a unit")]
    public void Parse_BadOverride_SaysWhatIsWrong(string item, string expected) =>
        AssertOneLine(expected, () => ConfigurationReader.Parse(Files, "run.yaml", [item]));

    [Fact]
    public void Parse_BadOverrideOfAKeyInTheFile_NamesTheOption_AndOthersTheirLines()
    {
        const string Yaml = Files + "seed: 1\nmodel:\n  dropout: 0.1\n";
        AssertOneLine("--set model.dropout=x: model.dropout is `x`", () => ConfigurationReader.Parse(Yaml, "run.yaml",
            ["model.dropout=x"]));
        AssertOneLine("run.yaml, line 4: model.dropout is 5", () => ConfigurationReader.Parse(Yaml.Replace("0.1", "5"), "run.yaml",
            ["seed=2", "model.embedding_size=4"]));
    }

    [Fact]
    public void Load_NoSuchFile_NamesIt() =>
        AssertOneLine("nowhere.yaml: no such file; name a configuration file", () => ConfigurationReader.Load("nowhere.yaml"));

    [Fact]
    public void Load_WithoutARunFolder_NamesItAfterTheFile()
    {
        var path = Path.Combine(Path.GetTempPath(), $"{Guid.NewGuid():N}.yaml");
        File.WriteAllText(path, Files);
        try
        {
            Assert.Equal(Path.Combine("runs", Path.GetFileNameWithoutExtension(path)), ConfigurationReader.Load(path).Run);
        }
        finally
        {
            File.Delete(path);
        }
    }

    private static void AssertOneLine(string expected, Action parse)
    {
        var message = Assert.Throws<ConfigurationException>(parse).Message;
        Assert.Contains(expected, message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', message);
    }
}
