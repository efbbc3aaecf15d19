using System.Globalization;
using DistSeq2Seq.Model.Data.Text;

namespace DistSeq2Seq.Model.Data.Corpus;

/// <summary>Decides which pairs a corpus keeps, and counts what it drops by reason.</summary>
internal sealed class PairFilter(PrepareOptions options)
{
    public long Read { get; private set; }

    public long Empty { get; private set; }

    public long SourceTooLong { get; private set; }

    public long TargetTooLong { get; private set; }

    public long Unbalanced { get; private set; }

    public bool Keeps(int sourceLength, int targetLength)
    {
        Read++;
        if (sourceLength == 0 || targetLength == 0)
            Empty++;
        else if (options.MaxSourceLength > 0 && sourceLength > options.MaxSourceLength)
            SourceTooLong++;
        else if (options.MaxTargetLength > 0 && targetLength > options.MaxTargetLength)
            TargetTooLong++;
        else if (options.MaxLengthRatio > 0 &&
            Math.Max(sourceLength, targetLength) > options.MaxLengthRatio * Math.Min(sourceLength, targetLength))
            Unbalanced++;
        else
            return true;
        return false;
    }

    private static string Invariant(double value) => value.ToString(CultureInfo.InvariantCulture);

    /// <summary>Throws if a split has no pair left.</summary>
    /// <exception cref="DataException">There was no pair, or all were dropped.</exception>
    public void RequireAny(string split, CorpusSource source, long kept)
    {
        var files = string.Join(" and ", source.Files());
        if (Read == 0)
            throw new DataException($"{files}: the {split} corpus is empty: no sentence pair; at least one is needed.");
        if (kept == 0)
            throw new DataException($"{files}: the {split} corpus has {Read} pairs and none is usable: {Empty} with an empty side, "
                + $"{SourceTooLong} with a source of more than {options.MaxSourceLength} tokens, {TargetTooLong} with a target of "
                + "more than "
                + $"{options.MaxTargetLength}, {Unbalanced} with one side more than {Invariant(options.MaxLengthRatio)} times as long as "
                + "the other; mend the files or raise the limits.");
    }
}
