using DistSeq2Seq.Configuration;
using DistSeq2Seq.Model.Data.Corpus;
using DistSeq2Seq.Model.Decoding;
using DistSeq2Seq.Model.Training;

namespace DistSeq2Seq.Worker.Training;

/// <summary>
/// What a worker prepares once for a run and keeps through all generations: corpus, schedule, replica, buffers of gradients.
/// </summary>
internal sealed class PreparedRun : IDisposable
{
    /// <param name="configuration">The run's configuration.</param>
    /// <param name="data">The prepared corpus, which is disposed of with the run.</param>
    public PreparedRun(RunConfiguration configuration, PreparedFolder data)
    {
        (Configuration, Data) = (configuration, data);
        Schedule = new BatchSchedule(data, configuration);
        if (configuration.Training.ValidationMetric == ValidationMetric.Bleu && data.ValidCorpus is not null)
            Bleu = new ValidationBleu(data, Schedule);
        Replica = new Replica(configuration, data.SourceVocabulary.Count, data.TargetVocabulary.Count, data.ReadVectors());
        Summer = new GradientSummer(Replica.NewGradientBuffer);
        Sum = GC.AllocateArray<float>(Replica.Parameters.Length, pinned: true);
    }

    /// <summary>The run's configuration.</summary>
    public RunConfiguration Configuration { get; }

    /// <summary>The prepared corpus.</summary>
    public PreparedFolder Data { get; }

    /// <summary>Which sentences each batch and micro-batch holds.</summary>
    public BatchSchedule Schedule { get; }

    /// <summary>Model, optimizer and their state.</summary>
    public Replica Replica { get; }

    /// <summary>Adds gradients of micro-batches.</summary>
    public GradientSummer Summer { get; }

    /// <summary>The finished sum of a step, one element for each parameter.</summary>
    public float[] Sum { get; }

    /// <summary>Counts n-grams of validations; null unless <c>training.validation_metric</c> is bleu.</summary>
    public ValidationBleu? Bleu { get; }

    /// <inheritdoc/>
    public void Dispose()
    {
        Summer.Dispose();
        Replica.Dispose();
        Data.Dispose();
    }
}
