using System.Text.Json.Nodes;
using DistSeq2Seq.Configuration;
using DistSeq2Seq.Coordinator.Planning;
using DistSeq2Seq.Coordinator.RunFolders;
using DistSeq2Seq.Exchange;
using DistSeq2Seq.Model.Checkpoints;
using DistSeq2Seq.Model.Checkpoints.Folders;
using DistSeq2Seq.Model.Data.Corpus;
using DistSeq2Seq.Protocol.Cluster;

namespace DistSeq2Seq.Coordinator.Checkpoints;

/// <summary>
/// Writes checkpoints while training goes on: it reads the copy of the state that a worker kept, and gives it to the store. It also
/// serves checkpoints to workers that begin with one.
/// </summary>
public sealed class CheckpointService : IReplicaStateSource, IDisposable
{
    private readonly RunFolder _folder;
    private readonly RunConfiguration _configuration;
    private readonly PreparedFolder _data;
    private readonly PeerChannels _channels;
    private readonly SemaphoreSlim _oneAtATime = new(1);
    private readonly ServedCheckpoint _served;
    private float[][] _buffers = [];

    public CheckpointService(RunFolder folder, RunConfiguration configuration, PreparedFolder data, PeerChannels channels)
    {
        (_folder, _configuration, _data, _channels) = (folder, configuration, data, channels);
        Store = new CheckpointStore(folder.Path);
        _served = new ServedCheckpoint(Store);
    }

    /// <summary>The run's checkpoints.</summary>
    public CheckpointStore Store { get; }

    /// <summary>Fetches and writes the state of a step.</summary>
    /// <param name="order">The step, its digest and its figures.</param>
    /// <param name="address">gRPC address of the worker that keeps the state.</param>
    /// <param name="layout">Names, shapes and places of the parameters.</param>
    /// <param name="slots">Names of the optimizer's state buffers.</param>
    /// <param name="place">Place of the next step in the corpus.</param>
    /// <param name="validations">Validations so far.</param>
    /// <param name="course">Learning rate and other values that follow from the step and the validations.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <returns>Why older checkpoints could not be removed (the new one is still valid); null when they could.</returns>
    /// <exception cref="ExchangeFailedException">The worker is gone, or its answer is damaged or does not fit the model.</exception>
    /// <exception cref="CheckpointException">The store could not write.</exception>
    public async Task<string?> WriteAsync(Effect.WriteCheckpoint order, string address, TensorLayout layout, IReadOnlyList<string> slots,
        StepPlace place, IReadOnlyList<ValidationPoint> validations, JsonObject course, CancellationToken cancellation)
    {
        await _oneAtATime.WaitAsync(cancellation).ConfigureAwait(false);
        try
        {
            var elements = checked((int)layout.Count);
            using var state = await StateClient.OpenAsync(
                _channels, address, order.Step, slots.Count + 1, elements, () => Buffers(slots.Count + 1, elements), cancellation)
                .ConfigureAwait(false);
            TrainingState.Describe(course, state.Counts, order.History);
            await Task.Run(() => Store.Write(Content(order, layout, slots, state.Sections, place, validations, course), cancellation),
                cancellation).ConfigureAwait(false);
            return RemoveOld();
        }
        finally
        {
            _oneAtATime.Release();
        }
    }

    /// <inheritdoc/>
    public Task<ReplicaStateLease?> OpenAsync(long step, CancellationToken cancellation) => _served.OpenAsync(step, cancellation);

    /// <inheritdoc/>
    public void Dispose() => _oneAtATime.Dispose();

    private string? RemoveOld()
    {
        try
        {
            Store.Retain(_configuration.Checkpoints.KeepLast, _configuration.Checkpoints.KeepBest);
            return null;
        }
        catch (Exception e) when (e is CheckpointException or IOException or UnauthorizedAccessException)
        {
            return e.Message;
        }
    }

    /// <summary>Removes checkpoints that rewinds have made void: they are ahead of the rewind's step and were written before it.</summary>
    /// <exception cref="CheckpointException">One could not be removed.</exception>
    public void DiscardVoid(IReadOnlyList<Rewind> rewinds)
    {
        foreach (var checkpoint in rewinds.Count == 0 ? [] : Store.List())
        {
            var history = checkpoint.State is null ? 0 : TrainingState.HistoryOf(checkpoint.State);
            if (rewinds.Any(r => r.Number > history && checkpoint.Step > r.Step))
                Store.Discard(checkpoint.Step);
        }
    }

    /// <summary>Buffers for a state that has to be fetched. They are kept, because the first use of so much memory takes long.</summary>
    private float[][] Buffers(int sections, int elements)
    {
        if (_buffers.Length != sections || _buffers[0].Length != elements)
            _buffers = [.. Enumerable.Range(0, sections).Select(_ => new float[elements])];
        return _buffers;
    }

    private CheckpointContent Content(Effect.WriteCheckpoint order, TensorLayout layout, IReadOnlyList<string> slots,
        IReadOnlyList<ReadOnlyMemory<float>> sections,
        StepPlace place, IReadOnlyList<ValidationPoint> validations, JsonObject course) => new()
        {
            Layout = layout,
            Parameters = FloatBuffer.Of(sections[0]),
            Slots = [.. slots.Select((name, index) => new OptimizerSlot(name, FloatBuffer.Of(sections[index + 1])))],
            State = new CheckpointState
            {
                RunId = _folder.RunId,
                Step = order.Step,
                Epoch = place.Epoch,
                BatchIndex = place.Batch,
                Seed = _configuration.Seed,
                CorpusDigest = _data.TrainCorpus.Digest,
                LayoutDigest = layout.Digest,
                ReplicaDigest = order.ReplicaDigest,
                ValidationHistory = validations,
                BestValidationLoss = validations.Count == 0 ? null : validations.Min(v => v.Loss),
                Metrics = order.Taken is not { } step ? [] : new Dictionary<string, double>
                {
                    ["loss"] = step.LossSum / Math.Max(1, step.Tokens),
                    ["gradient_norm"] = step.GradientNorm,
                    ["learning_rate"] = step.LearningRate,
                },
                Training = course,
                Configuration = ConfigurationWriter.ToYaml(_configuration),
                Versions = new Dictionary<string, string>
                {
                    ["distseq2seq"] = typeof(CheckpointService).Assembly.GetName().Version!.ToString(3),
                    ["dotnet"] = Environment.Version.ToString(),
                },
                WrittenAt = DateTimeOffset.UtcNow,
            },
            Attachments =
            [
                CheckpointAttachment.Text("config.yaml", ConfigurationWriter.ToYaml(_configuration)),
                .. PreparedFolder.TranslationFiles(_data.Path)
                    .Select(name => CheckpointAttachment.Copy(Path.Combine(_data.Path, name))),
            ],
        };
}
