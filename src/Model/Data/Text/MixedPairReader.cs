using DistSeq2Seq.Model.Data.Tokenizers;

namespace DistSeq2Seq.Model.Data.Text;

/// <summary>
/// Reads several corpora one after the other, each with its tag and weight. With weight w, pair i (from 0) is read ⌊(i + 1) w⌋ - ⌊i w⌋
/// times: twice for 2, every other pair for 0.5. So n pairs give ⌊n w⌋ pairs, spread evenly, without random choice.
/// </summary>
internal sealed class MixedPairReader : SentencePairReader
{
    private readonly (CorpusSource Source, SentencePairReader Reader)[] _parts;
    private int _part;
    private long _read;
    private long _copies;
    private SentencePair _pair;

    public MixedPairReader(IReadOnlyList<CorpusSource> parts)
    {
        var opened = new List<(CorpusSource, SentencePairReader)>();
        try
        {
            foreach (var part in parts)
                opened.Add((part, Open(part with { Tag = null, Weight = 1 })));
        }
        catch
        {
            opened.ForEach(part => part.Item2.Dispose());
            throw;
        }

        _parts = [.. opened];
    }

    public override long BytesRead => _parts.Sum(part => part.Reader.BytesRead);

    public override bool TryRead(out SentencePair pair)
    {
        while (_copies == 0)
        {
            if (_part == _parts.Length)
            {
                pair = default;
                return false;
            }

            var (source, reader) = _parts[_part];
            if (!reader.TryRead(out _pair))
            {
                (_part, _read) = (_part + 1, 0);
                continue;
            }

            if (source.Tag is { Length: > 0 } name)
                _pair = _pair with { Source = LanguageTag.Put(LanguageTag.Of(name), _pair.Source) };
            _copies = (long)Math.Floor((_read + 1) * source.Weight) - (long)Math.Floor(_read * source.Weight);
            _read++;
        }

        _copies--;
        pair = _pair;
        return true;
    }

    internal override string[] Digests() => [.. _parts.SelectMany(part => part.Reader.Digests())];

    public override void Dispose()
    {
        foreach (var (_, reader) in _parts)
            reader.Dispose();
        base.Dispose();
    }
}
