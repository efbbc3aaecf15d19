using System.Buffers;
using System.Reflection;
using DistSeq2Seq.Model.Data.Normalization;
using DistSeq2Seq.Model.Data.Text;
using DistSeq2Seq.Model.Data.Tokenizers;
using DistSeq2Seq.Model.Data.Tokenizers.Bpe;
using DistSeq2Seq.Model.Data.Vectors;
using DistSeq2Seq.Model.Storage;

namespace DistSeq2Seq.Model.Data.Corpus;

/// <summary>One preparation: count, choose vocabularies, encode, describe, rename into place.</summary>
internal sealed class PreparationRun : IDisposable
{
    private const int PairsBetweenReports = 2048;

    private readonly PrepareOptions _options;
    private readonly string _directory;
    private readonly IProgress<PrepareProgress>? _progress;
    private readonly CancellationToken _cancellation;
    private readonly TokenBuffer _source = new();
    private readonly TokenBuffer _target = new();
    private readonly List<InputRecord> _inputs = [];
    private readonly long _bytesTotal;
    private ITokenizer _sourceTokenizer;
    private ITokenizer _targetTokenizer;
    private IReadOnlyList<string> _codesFiles = [];
    private StagingFolder? _staging;
    private long _bytesBefore;

    public PreparationRun(PrepareOptions options, string directory, IProgress<PrepareProgress>? progress, CancellationToken cancellation)
    {
        _directory = Path.TrimEndingDirectorySeparator(Path.GetFullPath(directory));
        (_options, _progress, _cancellation) = (options, progress, cancellation);
        // Until merges are learned, the tokenizers give words, because merges are learned from words.
        _sourceTokenizer = TokenizerFactory.CreateWordsOf(options.SourceTokenizer);
        _targetTokenizer = TokenizerFactory.CreateWordsOf(options.TargetTokenizer);
        foreach (var (part, file) in options.InputFiles())
            _inputs.Add(PreparedReuse.Record(part, file));
        _bytesTotal = options.Train.SizeInBytes() * (options.LearnsBpe ? 2 : 1) + _inputs.Sum(i => i.Bytes);
    }

    public void Dispose() => _staging?.Dispose();

    public PreparedManifest Execute()
    {
        if (_options.LearnsBpe)
            LearnMerges();
        var (sourceVocabulary, targetVocabulary) = CountVocabularies();
        _staging = Stage();
        _codesFiles = TokenizerFactory.Save(InStaging(PreparedFolder.TokenizerFile), _sourceTokenizer, _targetTokenizer);
        sourceVocabulary.Save(InStaging(PreparedFolder.SourceVocabularyFile));
        targetVocabulary.Save(InStaging(PreparedFolder.TargetVocabularyFile));

        var splits = new List<SplitRecord>();
        foreach (var (name, source) in _options.Splits())
            splits.Add(Encode(name, source, sourceVocabulary, targetVocabulary));

        var sourceVectors = FindVectors(_options.SourceVectors, PreparedFolder.SourceVectorsFile, sourceVocabulary);
        var targetVectors = FindVectors(_options.TargetVectors, PreparedFolder.TargetVectorsFile, targetVocabulary);
        var manifest = new PreparedManifest
        {
            Version = PreparedManifest.CurrentVersion,
            Program = typeof(CorpusPreparer).Assembly
                .GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "unknown",
            Unicode = UnicodeVersion.Text,
            Options = _options,
            Fingerprint = PreparedManifest.FingerprintOf(_options, _inputs),
            Inputs = _inputs,
            Splits = splits,
            SourceVocabularySize = sourceVocabulary.Count,
            TargetVocabularySize = targetVocabulary.Count,
            SourceVectors = sourceVectors,
            TargetVectors = targetVectors,
            Files = Describe(splits),
        };
        DurableFile.WriteText(InStaging(PreparedFolder.ManifestFile), DataJson.Write(manifest));
        _cancellation.ThrowIfCancellationRequested();
        _staging.MoveTo(_directory);
        return manifest;
    }

    /// <summary>Learns merges from all pairs of the training split: which pairs are too long is known only after that.</summary>
    private void LearnMerges()
    {
        var counts = new SideCounts(_options.BpeJoint);
        var pairs = 0L;
        using (var reader = SentencePairReader.Open(_options.Train))
        {
            for (; Next("words", PreparedFolder.Train, reader, pairs, out _); pairs++)
                counts.Add(_source, _target);
            NoteDigests(PreparedFolder.Train, reader);
        }
        _progress?.Report(new PrepareProgress("merges", PreparedFolder.Train, pairs, _bytesBefore, _bytesTotal));
        (_sourceTokenizer, _targetTokenizer) = counts.Learn(_options, _cancellation);
    }

    private (Vocabulary Source, Vocabulary Target) CountVocabularies()
    {
        var source = new TokenCounter();
        var target = _options.SharedVocabulary ? source : new TokenCounter();
        var filter = new PairFilter(_options);
        var kept = 0L;
        using (var reader = SentencePairReader.Open(_options.Train))
        {
            while (Next("count", PreparedFolder.Train, reader, filter.Read, out _))
            {
                if (!filter.Keeps(_source.Count, _target.Count))
                    continue;
                kept++;
                source.Add(_source);
                target.Add(_target);
            }
            NoteDigests(PreparedFolder.Train, reader);
        }
        filter.RequireAny(PreparedFolder.Train, _options.Train, kept);
        if (!_options.SharedVocabulary)
            return (Vocabulary.Build(Complete(source.Counts, _sourceTokenizer), _options.SourceVocabularySize, _options.MinCount),
                Vocabulary.Build(Complete(target.Counts, _targetTokenizer), _options.TargetVocabularySize, _options.MinCount));
        var unlimited = _options.SourceVocabularySize == 0 || _options.TargetVocabularySize == 0;
        var size = unlimited ? 0 : Math.Max(_options.SourceVocabularySize, _options.TargetVocabularySize);
        var shared = Vocabulary.Build(Complete(Complete(source.Counts, _sourceTokenizer), _targetTokenizer), size, _options.MinCount);
        return (shared, shared);
    }

    private IReadOnlyDictionary<string, long> Complete(IReadOnlyDictionary<string, long> counts, ITokenizer tokenizer) =>
        _options.AllSubwords && tokenizer is BpeTokenizer subwords
        ? SubwordInventory.Complete(counts, subwords, _options.MinCount)
        : counts;

    private SplitRecord Encode(string split, CorpusSource files, Vocabulary sourceVocabulary, Vocabulary targetVocabulary)
    {
        var filter = new PairFilter(_options);
        var (sourceUnknown, targetUnknown) = (0L, 0L);
        using var writer = new CorpusWriter(InStaging(PreparedFolder.CorpusFile(split)), sourceVocabulary.Count, targetVocabulary.Count);
        using var text = split == PreparedFolder.Train ? null : new PairTextWriter(_staging!.Path, split);
        using var reader = SentencePairReader.Open(files);
        while (Next("encode", split, reader, filter.Read, out var pair))
        {
            text?.Add(pair);
            if (!filter.Keeps(_source.Count, _target.Count))
                continue;
            var source = ToIds(_source, sourceVocabulary, ref sourceUnknown);
            var target = ToIds(_target, targetVocabulary, ref targetUnknown);
            writer.Add(source.AsSpan(0, _source.Count), target.AsSpan(0, _target.Count));
            ArrayPool<int>.Shared.Return(source);
            ArrayPool<int>.Shared.Return(target);
        }
        filter.RequireAny(split, files, writer.Count);
        NoteDigests(split, reader);
        text?.Complete();
        return new SplitRecord(split, filter.Read, writer.Count, filter.Empty, filter.SourceTooLong, filter.TargetTooLong,
            filter.Unbalanced,
            writer.SourceTokens, writer.TargetTokens, sourceUnknown, targetUnknown, writer.Complete());
    }

    /// <summary>Reads and tokenizes the next pair, reporting and watching for cancellation now and then.</summary>
    private bool Next(string stage, string split, SentencePairReader reader, long pairs, out SentencePair pair)
    {
        var more = reader.TryRead(out pair);
        if (pairs % PairsBetweenReports == 0 || !more)
        {
            _cancellation.ThrowIfCancellationRequested();
            _progress?.Report(new PrepareProgress(stage, split, pairs, _bytesBefore + reader.BytesRead, _bytesTotal));
        }
        if (!more)
        {
            _bytesBefore += reader.BytesRead;
            return false;
        }
        _sourceTokenizer.Tokenize(pair.Source, _source);
        _targetTokenizer.Tokenize(pair.Target, _target);
        return true;
    }

    private VectorRecord? FindVectors(VectorSource? file, string part, Vocabulary vocabulary)
    {
        if (file is null)
            return null;
        using var reader = new WordVectorReader(file.Path, file.Width);
        var words = 0L;
        var found = WordVectors.Find(reader, file.Width, vocabulary, () =>
        {
            if (words++ % PairsBetweenReports != 0)
                return;
            _cancellation.ThrowIfCancellationRequested();
            _progress?.Report(new PrepareProgress("vectors", part, words, _bytesBefore + reader.BytesRead, _bytesTotal));
        });
        _bytesBefore += reader.BytesRead;
        NoteDigests(part, [reader.Digest()]);
        found.Save(InStaging(part));
        return new VectorRecord(found.Ids.Count, vocabulary.Count - Vocabulary.SpecialCount);
    }

    private void NoteDigests(string split, SentencePairReader reader) => NoteDigests(split, reader.Digests());

    private void NoteDigests(string split, string[] digests)
    {
        var first = _inputs.FindIndex(i => i.Split == split);
        for (var i = 0; i < digests.Length; i++)
        {
            var known = _inputs[first + i];
            if (known.Sha256.Length > 0 && known.Sha256 != digests[i])
                throw new DataException($"{known.Path}: was changed while it was being read; prepare again when nothing writes to it.");
            _inputs[first + i] = known with { Sha256 = digests[i] };
        }
    }

    private List<OutputRecord> Describe(List<SplitRecord> splits)
    {
        var names = new List<string>
        {
            PreparedFolder.TokenizerFile, PreparedFolder.SourceVocabularyFile, PreparedFolder.TargetVocabularyFile,
        };
        names.AddRange(_codesFiles);
        foreach (var split in splits)
        {
            names.Add(PreparedFolder.CorpusFile(split.Name));
            if (split.Name != PreparedFolder.Train)
                names.AddRange([PreparedFolder.SourceTextFile(split.Name), PreparedFolder.TargetTextFile(split.Name)]);
        }
        names.AddRange(new[] { PreparedFolder.SourceVectorsFile, PreparedFolder.TargetVectorsFile }.Where(n => File.Exists(InStaging(n))));
        return [.. names.Select(n => new OutputRecord(n, InputFile.Size(InStaging(n)), InputFile.Hash(InStaging(n), _cancellation)))];
    }

    private static int[] ToIds(TokenBuffer tokens, Vocabulary vocabulary, ref long unknown)
    {
        var ids = ArrayPool<int>.Shared.Rent(tokens.Count);
        for (var i = 0; i < tokens.Count; i++)
        {
            ids[i] = vocabulary.Lookup(tokens[i]);
            if (ids[i] == Vocabulary.Unknown)
                unknown++;
        }
        return ids;
    }

    /// <summary>A staging folder beside the one to be made. What killed preparations of it left goes first.</summary>
    private StagingFolder Stage()
    {
        var parent = Path.GetDirectoryName(_directory)!;
        var prefix = $".{Path.GetFileName(_directory)}.staging-";
        try
        {
            StagingFolder.RemoveAbandoned(parent, prefix);
            Directory.CreateDirectory(parent);
            return new StagingFolder(Path.Combine(parent, $"{prefix}{Guid.NewGuid():N}"));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new DataException($"{_directory}: cannot be made: {e.Message} Give a folder on a disk that may be written to.", e);
        }
    }

    private string InStaging(string name) => Path.Combine(_staging!.Path, name);
}
