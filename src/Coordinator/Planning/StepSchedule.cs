using DistSeq2Seq.Configuration;

namespace DistSeq2Seq.Coordinator.Planning;

/// <summary>The place of a global step in the corpus.</summary>
/// <param name="Epoch">From 0.</param>
/// <param name="Batch">Index of the global batch in the epoch, from 0.</param>
/// <param name="EndsEpoch">Whether the batch is the epoch's last.</param>
public readonly record struct StepPlace(int Epoch, int Batch, bool EndsEpoch);

/// <summary>Place of each step in the corpus, and the end of training.</summary>
/// <param name="batchesOf">Gives the number of global batches, at least 1, of an epoch (from 0).</param>
/// <param name="maxEpochs">Epochs to train; 0 for no limit.</param>
/// <param name="maxLength">Length of the training; 0 for no limit.</param>
/// <param name="tokensOf">Gives the target tokens of each global batch of an epoch; called only where a length is in tokens.</param>
public sealed class StepSchedule(Func<int, int> batchesOf, int maxEpochs, TrainingSpan maxLength, Func<int, long[]>? tokensOf = null)
{
    /// <summary>Epochs whose counts of tokens are kept: planning is a little ahead of the committed steps.</summary>
    private const int TokenEpochs = 3;

    /// <summary>Steps before each epoch, as far as known.</summary>
    private readonly List<long> _starts = [0];

    /// <summary>Target tokens before each epoch, as far as known.</summary>
    private readonly List<long> _tokenStarts = [0];

    /// <summary>Cumulative target tokens of the batches of recently used epochs; each sum includes its batch.</summary>
    private readonly SortedDictionary<int, long[]> _tokensUpTo = [];

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

    /// <summary>Length of the training up to and including <paramref name="step"/>, in <paramref name="unit"/>; 0 for step 0.</summary>
    public double Progress(long step, SpanUnit unit)
    {
        if (step == 0 || unit == SpanUnit.Updates)
            return step;
        var place = Locate(step);
        return unit == SpanUnit.Tokens
            ? TokensBefore(place.Epoch) + TokensUpTo(place.Epoch)[place.Batch]
            : place.Epoch + ((place.Batch + 1.0) / (_starts[place.Epoch + 1] - _starts[place.Epoch]));
    }

    /// <summary>Whether an action that is due once in every <paramref name="span"/> is due after a step.</summary>
    /// <param name="step">The first is 1.</param>
    /// <param name="span">Not zero.</param>
    public bool Completes(long step, TrainingSpan span) =>
        Math.Floor(Progress(step, span.Unit) / span.Amount) > Math.Floor(Progress(step - 1, span.Unit) / span.Amount);

    /// <summary>Whether training is over after <paramref name="step"/> steps.</summary>
    public bool IsOver(long step) =>
        (!maxLength.IsZero && Progress(step, maxLength.Unit) >= maxLength.Amount) || (maxEpochs > 0 && Locate(step + 1).Epoch >= maxEpochs);

    /// <summary>Steps of the whole training; an estimate while later epochs have not been planned.</summary>
    public long TotalSteps()
    {
        Locate(1);
        var byLength = maxLength switch
        {
            { IsZero: true } => long.MaxValue,
            { Unit: SpanUnit.Updates } => (long)maxLength.Amount,
            { Unit: SpanUnit.Epochs } => StepsOf(maxLength.Amount),
            _ => StepsOf(maxLength.Amount / TokensUpTo(0)[^1]),
        };
        return Math.Min(byLength, maxEpochs == 0 ? long.MaxValue : StepsOf(maxEpochs));
    }

    /// <summary>Steps of a number of epochs. An epoch that is not known yet counts with the average length of the known ones.</summary>
    private long StepsOf(double epochs)
    {
        var known = _starts.Count - 1;
        var whole = (int)Math.Min(epochs, known);
        var average = (double)_starts[known] / known;
        var length = whole < known ? _starts[whole + 1] - _starts[whole] : average;
        return _starts[whole] + (long)Math.Ceiling(((Math.Min(epochs, whole + 1) - whole) * length)
            + (Math.Max(0, epochs - whole - 1) * average));
    }

    private long TokensBefore(int epoch)
    {
        while (_tokenStarts.Count <= epoch)
            _tokenStarts.Add(_tokenStarts[^1] + TokensUpTo(_tokenStarts.Count - 1)[^1]);
        return _tokenStarts[epoch];
    }

    private long[] TokensUpTo(int epoch)
    {
        if (_tokensUpTo.TryGetValue(epoch, out var sums))
            return sums;
        sums = (tokensOf ?? throw new InvalidOperationException("no tokens were given, but something is counted in them"))(epoch);
        for (var batch = 1; batch < sums.Length; batch++)
            sums[batch] += sums[batch - 1];
        _tokensUpTo[epoch] = sums;
        if (_tokensUpTo.Count > TokenEpochs)
            _tokensUpTo.Remove(_tokensUpTo.Keys.First(kept => kept != epoch));
        return sums;
    }
}
