namespace DistSeq2Seq.Configuration;

/// <summary>All checks across keys, before any work begins.</summary>
internal static class ConfigurationValidator
{
    private static readonly string[] Tokenizers = ["word", "none", "character", "bpe", "bpe_raw"];

    /// <summary>Throws an error of one line for the first combination of values that cannot work.</summary>
    public static void Validate(RunConfiguration configuration, string name)
    {
        Splits(configuration.Data, name);
        Sizes(configuration, name);
        Cluster(configuration, name);
        Optimizer(configuration.Training.Optimizer, name);
        Schedule(configuration.Training, name);
        if (configuration.Training is { MaxEpochs: 0, MaxSteps.IsZero: true })
            throw Error(name, "training.max_epochs and training.max_steps are both 0, so training would never end; set one of them");
    }

    private static void Splits(DataConfiguration data, string name)
    {
        if (!Tokenizers.Contains(data.Tokenizer))
            throw Error(name, $"data.tokenizer is `{data.Tokenizer}`; it takes one of: {string.Join(", ", Tokenizers)} "
                + $"(nearest: {NearestName.Of(data.Tokenizer, Tokenizers)})");
        if (data.BpeDropout > 0 && data.Tokenizer is not ("bpe" or "bpe_raw"))
            throw Error(name, $"data.bpe_dropout is {Number(data.BpeDropout)}, but data.tokenizer is {data.Tokenizer}, which has no merges "
                + "to leave out; set it to 0, or data.tokenizer to bpe");
        if (data.MaxLengthRatio is > 0 and < 1)
            throw Error(name, $"data.max_length_ratio is {data.MaxLengthRatio}; it takes 0 (no limit) or a number of at least 1, for "
                + "example 3");

        foreach (var (split, files, required) in new[]
        {
            ("train", data.Train, true),
            ("valid", data.Valid, true),
            ("test", data.Test, false),
        })
        {
            var key = "data." + split;
            if (data.Format == DataFormat.Quickstart)
            {
                if (!files.IsEmpty)
                    throw Error(name, $"{key} names files, but data.format is quickstart, which generates its own; remove {key} or set "
                        + "data.format to parallel, tsv or csv");
                continue;
            }

            if (files.IsEmpty && !required)
                continue;
            if (split != "train" && files.Weight.Length > 0)
                throw Error(name, $"{key}.weight is `{files.Weight}`; only data.train has weights, for a score counts every pair once: "
                    + "remove it");
            Corpora(files, key, name);
            if (data.Format == DataFormat.Parallel && (files.Source.Length == 0 || files.Target.Length == 0))
                throw Error(name, $"{key}.source is `{files.Source}` and {key}.target is `{files.Target}`; data.format parallel "
                    + "needs both");
            if (data.Format != DataFormat.Parallel && files.Path.Length == 0)
                throw Error(name, $"{key}.path is empty; data.format {SettingSchema.SnakeCase(data.Format.ToString())} needs it");
        }

        if (data.Format == DataFormat.Csv && (data.SourceColumn.Length == 0 || data.TargetColumn.Length == 0))
            throw Error(name, $"data.source_column is `{data.SourceColumn}` and data.target_column is `{data.TargetColumn}`; data.format "
                + "csv needs both, for example english and french");
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
        if (model.Attention is AttentionKind.Dot or AttentionKind.ScaledDot && encoderOutput != model.Decoder.HiddenSize)
        {
            throw Error(name, $"model.attention {SettingSchema.SnakeCase(model.Attention.ToString())} needs encoder and decoder states of "
                + $"equal size, but the encoder's is {encoderOutput}{(model.Encoder.Bidirectional ? " (both directions)" : "")} and "
                + $"model.decoder.hidden_size is {model.Decoder.HiddenSize}; make them equal or use general");
        }

        if (model.InputFeeding && model.Attention == AttentionKind.None)
            throw Error(name, "model.input_feeding is true, but model.attention is none: there is no attentional state to feed; choose an "
                + "attention, for example general");
        if (model.Cell == CellKind.Gru && model.ForgetBias != 0)
            throw Error(name, FormattableString.Invariant($"model.forget_bias is {model.ForgetBias}, ")
                + "but model.cell gru has no forget gate; set it to 0 or use lstm");
        if (model.TiedEmbeddings != TiedEmbeddings.None && model.EmbeddingSize != model.Decoder.HiddenSize)
        {
            throw Error(name, $"model.tied_embeddings {SettingSchema.SnakeCase(model.TiedEmbeddings.ToString())} makes the decoder's "
                + $"embedding the output layer's matrix, but model.embedding_size is {model.EmbeddingSize} and "
                + $"model.decoder.hidden_size is {model.Decoder.HiddenSize}; make them equal or set it to none");
        }

        if (model.TiedEmbeddings == TiedEmbeddings.All && !configuration.Data.SharedVocabulary)
            throw Error(name, "model.tied_embeddings is all, but data.shared_vocabulary is false: one matrix for both sides needs one "
                + "vocabulary; set data.shared_vocabulary to true or model.tied_embeddings to decoder");

        if (model.TiedEmbeddings == TiedEmbeddings.All && configuration.Data.TargetVectors.Length > 0)
        {
            throw Error(name, $"data.target_vectors is `{configuration.Data.TargetVectors}`, but model.tied_embeddings is all, "
                + "so that both sides have one matrix; name the file in data.source_vectors instead");
        }

        var parameters = RoughParameterCount(configuration);
        if (parameters > 10_000_000_000)
            throw Error(name, $"these sizes make a model of about {parameters / 1e9:F1} billion parameters ({parameters * 16 / 1e9:F0} GB "
                + "with Adam's state); at most 10 billion are supported: lower model.*.hidden_size, model.embedding_size or "
                + "data.*_vocabulary_size");
    }

    private static void Optimizer(OptimizerConfiguration optimizer, string name)
    {
        var kind = SettingSchema.SnakeCase(optimizer.Name.ToString());
        if (optimizer.WeightDecay > 0 && optimizer.Name != OptimizerKind.Adamw)
            throw Error(name, $"training.optimizer.weight_decay is {Number(optimizer.WeightDecay)}, but training.optimizer.name {kind} "
                + "decays no weights; set the name to adamw, or weight_decay to 0");
        if (optimizer.Nesterov && (optimizer.Name != OptimizerKind.Sgd || optimizer.Momentum == 0))
            throw Error(name, $"training.optimizer.nesterov is true, but the optimizer is {kind} with "
                + $"momentum {Number(optimizer.Momentum)}; it takes sgd with a momentum, for example 0.9");
        if (optimizer.Momentum > 0 && optimizer.Name is not (OptimizerKind.Sgd or OptimizerKind.Rmsprop))
            throw Error(name, $"training.optimizer.momentum is {Number(optimizer.Momentum)}, but training.optimizer.name {kind} "
                + "has none of its own; set it to 0, or take sgd or rmsprop");
    }

    private static void Schedule(TrainingConfiguration training, string name)
    {
        var schedule = training.Schedule;
        var kind = SettingSchema.SnakeCase(schedule.Name.ToString());
        if (schedule.Name == ScheduleKind.InverseSquareRoot && schedule is { Warmup.IsZero: true, Start.IsZero: true })
            throw Error(name, "training.schedule.name is inverse_square_root, but training.schedule.warmup and training.schedule.start are "
                + "both 0: the rate falls from one of them on; set warmup, for example 4Ku");
        if (schedule.Name is ScheduleKind.Exponential or ScheduleKind.Halving && schedule.Every.IsZero)
            throw Error(name, $"training.schedule.every is 0, but training.schedule.name {kind} lets the rate fall every so often; set it, "
                + "for example 1e");
        if (training.ScheduledSampling is { Schedule: SamplingSchedule.Linear or SamplingSchedule.InverseSigmoid, Over.IsZero: true })
            throw Error(name, "training.scheduled_sampling.over is 0, but the probability of the true word falls over that span; set it, "
                + "for example 10e");
        if (schedule.MinLearningRate > training.Optimizer.LearningRate)
            throw Error(name, $"training.schedule.min_learning_rate is {Number(schedule.MinLearningRate)}, above "
                + $"training.optimizer.learning_rate, {Number(training.Optimizer.LearningRate)}; the rate falls from the one to the other");
    }

    private static string Number(double value) => value.ToString("R", System.Globalization.CultureInfo.InvariantCulture);

    private static void Cluster(RunConfiguration configuration, string name)
    {
        var workers = configuration.Cluster.Workers;
        if (workers.Min > workers.Max)
            throw Error(name, $"cluster.workers.min is {workers.Min} and cluster.workers.max is {workers.Max}; min must not be above max");
        if (workers.Max > configuration.Training.MicroBatches)
        {
            throw Error(name, $"cluster.workers.max is {workers.Max} but training.micro_batches "
                + $"is {configuration.Training.MicroBatches}: "
                + "a micro-batch cannot be divided, so further workers would have nothing to do; raise training.micro_batches (a power of "
                + "two) or lower cluster.workers.max");
        }

        if (configuration.Cluster.ChunkBytes % 4 != 0 || configuration.Cluster.BucketBytes % 4 != 0)
            throw Error(name, $"cluster.chunk_bytes is {configuration.Cluster.ChunkBytes} and cluster.bucket_bytes "
                + $"is {configuration.Cluster.BucketBytes}; both must be multiples of 4, the size of a number");
    }

    private static double RoughParameterCount(RunConfiguration configuration)
    {
        var model = configuration.Model;
        double embedding = model.EmbeddingSize, decoder = model.Decoder.HiddenSize, encoder = model.Encoder.HiddenSize;
        var directions = model.Encoder.Bidirectional ? 2 : 1;
        var gates = model.Cell == CellKind.Lstm ? 4 : 3;
        return (model.Encoder.Layers * directions * gates * encoder * (Math.Max(embedding, encoder * directions) + encoder))
            + (model.Decoder.Layers * gates * decoder * (Math.Max(embedding, decoder) + decoder))
            + (configuration.Data.SourceVocabularySize * embedding) + (configuration.Data.TargetVocabularySize * (embedding + decoder));
    }

    private static ConfigurationException Error(string name, string message) => new($"{name}: {message}");
}
