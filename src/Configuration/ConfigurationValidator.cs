namespace DistSeq2Seq.Configuration;

/// <summary>All checks across keys, before any work begins.</summary>
internal static class ConfigurationValidator
{
    private static readonly string[] Tokenizers = ["word", "none", "character", "bpe", "bpe_raw"];

    /// <summary>Throws with one line for the first combination that cannot work.</summary>
    public static void Validate(RunConfiguration configuration, string name)
    {
        Splits(configuration.Data, name);
        Sizes(configuration, name);
        Cluster(configuration, name);
        if (configuration.Training is { MaxEpochs: 0, MaxSteps: 0 })
            throw Error(name, "training.max_epochs and training.max_steps are both 0, so training would never end; set one of them");
    }

    private static void Splits(DataConfiguration data, string name)
    {
        if (!Tokenizers.Contains(data.Tokenizer))
            throw Error(name, $"data.tokenizer is `{data.Tokenizer}`; it takes one of: {string.Join(", ", Tokenizers)} (nearest: {NearestName.Of(data.Tokenizer, Tokenizers)})");
        if (data.MaxLengthRatio is > 0 and < 1)
            throw Error(name, $"data.max_length_ratio is {data.MaxLengthRatio}; it takes 0 (no limit) or a number of at least 1, for example 3");

        foreach (var (split, files, required) in new[] { ("train", data.Train, true), ("valid", data.Valid, true), ("test", data.Test, false) })
        {
            var key = "data." + split;
            if (data.Format == DataFormat.Quickstart)
            {
                if (!files.IsEmpty)
                    throw Error(name, $"{key} names files, but data.format is quickstart, which generates its own; remove {key} or set data.format to parallel, tsv or csv");
                continue;
            }

            if (files.IsEmpty && !required)
                continue;
            if (split != "train" && files.Weight.Length > 0)
                throw Error(name, $"{key}.weight is `{files.Weight}`; only data.train has weights, for a score counts every pair once: remove it");
            Corpora(files, key, name);
            if (data.Format == DataFormat.Parallel && (files.Source.Length == 0 || files.Target.Length == 0))
                throw Error(name, $"{key}.source is `{files.Source}` and {key}.target is `{files.Target}`; data.format parallel needs both");
            if (data.Format != DataFormat.Parallel && files.Path.Length == 0)
                throw Error(name, $"{key}.path is empty; data.format {SettingSchema.SnakeCase(data.Format.ToString())} needs it");
        }

        if (data.Format == DataFormat.Csv && (data.SourceColumn.Length == 0 || data.TargetColumn.Length == 0))
            throw Error(name, $"data.source_column is `{data.SourceColumn}` and data.target_column is `{data.TargetColumn}`; data.format csv needs both, for example english and french");
    }

    private static void Corpora(SplitConfiguration files, string key, string name)
    {
        try
        {
            SplitCorpora.Of(files, key);
        }
        catch (ConfigurationException e)
        {
            throw Error(name, e.Message);
        }
    }

    private static void Sizes(RunConfiguration configuration, string name)
    {
        var model = configuration.Model;
        var encoderOutput = model.Encoder.HiddenSize * (model.Encoder.Bidirectional ? 2 : 1);
        if (model.Attention == AttentionKind.Dot && encoderOutput != model.Decoder.HiddenSize)
        {
            throw Error(name, $"model.attention dot needs encoder and decoder states of equal size, but the encoder's is {encoderOutput}" +
                $"{(model.Encoder.Bidirectional ? " (both directions)" : "")} and model.decoder.hidden_size is {model.Decoder.HiddenSize}; make them equal or use general");
        }

        var parameters = RoughParameterCount(configuration);
        if (parameters > 10_000_000_000)
            throw Error(name, $"these sizes make a model of about {parameters / 1e9:F1} billion parameters ({parameters * 16 / 1e9:F0} GB with Adam's state); at most 10 billion are supported: lower model.*.hidden_size, model.embedding_size or data.*_vocabulary_size");
    }

    private static void Cluster(RunConfiguration configuration, string name)
    {
        var workers = configuration.Cluster.Workers;
        if (workers.Min > workers.Max)
            throw Error(name, $"cluster.workers.min is {workers.Min} and cluster.workers.max is {workers.Max}; min must not be above max");
        if (workers.Max > configuration.Training.MicroBatches)
        {
            throw Error(name, $"cluster.workers.max is {workers.Max} but training.micro_batches is {configuration.Training.MicroBatches}: " +
                "a micro-batch cannot be divided, so further workers would have nothing to do; raise training.micro_batches (a power of two) or lower cluster.workers.max");
        }

        if (configuration.Cluster.ChunkBytes % 4 != 0 || configuration.Cluster.BucketBytes % 4 != 0)
            throw Error(name, $"cluster.chunk_bytes is {configuration.Cluster.ChunkBytes} and cluster.bucket_bytes is {configuration.Cluster.BucketBytes}; both must be multiples of 4, the size of a number");
    }

    private static double RoughParameterCount(RunConfiguration configuration)
    {
        var model = configuration.Model;
        double embedding = model.EmbeddingSize, decoder = model.Decoder.HiddenSize, encoder = model.Encoder.HiddenSize;
        var directions = model.Encoder.Bidirectional ? 2 : 1;
        return (model.Encoder.Layers * directions * 4 * encoder * (Math.Max(embedding, encoder * directions) + encoder))
            + (model.Decoder.Layers * 4 * decoder * (Math.Max(embedding, decoder) + decoder))
            + (configuration.Data.SourceVocabularySize * embedding) + (configuration.Data.TargetVocabularySize * (embedding + decoder));
    }

    private static ConfigurationException Error(string name, string message) => new($"{name}: {message}");
}
