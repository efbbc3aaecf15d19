namespace DistSeq2Seq.Coordinator.Planning;

/// <summary>What a global step consumes.</summary>
/// <param name="Epoch">From 0.</param>
/// <param name="Batch">Index of the global batch in the epoch, from 0.</param>
/// <param name="EndsEpoch">Whether it is the epoch's last.</param>
public readonly record struct StepPlace(int Epoch, int Batch, bool EndsEpoch);

/// <summary>Where each step stands in the corpus, and when training ends.</summary>
/// <param name="batchesOf">Global batches of an epoch (from 0), at least 1.</param>
/// <param name="maxEpochs">Epochs to train; 0 for no limit.</param>
/// <param name="maxSteps">Steps to train; 0 for no limit.</param>
public sealed class StepSchedule(Func<int, int> batchesOf, int maxEpochs, long maxSteps)
{
    /// <summary>Steps before each epoch, as far as known.</summary>
    private readonly List<long> _starts = [0];

    /// <summary>The place of a step; the first step is 1.</summary>
    public StepPlace Locate(long step)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(step, 1);
        while (_starts[^1] < step)
            _starts.Add(_starts[^1] + batchesOf(_starts.Count - 1));
        var epoch = _starts.BinarySearch(step - 1);
        epoch = epoch >= 0 ? epoch : ~epoch - 1;
        return new StepPlace(epoch, (int)(step - 1 - _starts[epoch]), step == _starts[epoch + 1]);
    }

    /// <summary>Whether training is over once <paramref name="step"/> steps have been taken.</summary>
    public bool IsOver(long step) => (maxSteps > 0 && step >= maxSteps) || (maxEpochs > 0 && Locate(step + 1).Epoch >= maxEpochs);

    /// <summary>Steps of the whole training; an estimate while later epochs have not been planned.</summary>
    public long TotalSteps()
    {
        var known = Math.Max(1, _starts.Count - 1);
        Locate(1);
        var byEpochs = maxEpochs == 0 ? long.MaxValue
            : maxEpochs < _starts.Count ? _starts[maxEpochs]
            : _starts[known] + ((maxEpochs - known) * (_starts[known] / known));
        return Math.Min(byEpochs, maxSteps == 0 ? long.MaxValue : maxSteps);
    }
}
