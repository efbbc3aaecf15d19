namespace DistSeq2Seq.Model.Data.Corpus;

/// <summary>Progress of preparing a corpus.</summary>
/// <param name="Stage">
/// <c>words</c> while words are counted to learn merges from, <c>merges</c> while those are learned (both only where a
/// tokenizer has merges), <c>count</c> while vocabularies are counted, <c>encode</c> while corpora are written,
/// <c>vectors</c> while words are looked up in files of vectors.
/// </param>
/// <param name="Split">The split, or the file of vectors, being read.</param>
/// <param name="Pairs">Pairs, or vectors, read of it in this stage.</param>
/// <param name="BytesRead">Bytes read so far, in all stages and splits.</param>
/// <param name="BytesTotal">Bytes to read in all; the training split is read twice, with merges to learn three times.</param>
public readonly record struct PrepareProgress(string Stage, string Split, long Pairs, long BytesRead, long BytesTotal);

/// <summary>Result of preparing a corpus.</summary>
/// <param name="Directory">The prepared folder.</param>
/// <param name="Manifest">Its description, with the counts of pairs kept and dropped.</param>
/// <param name="Reused">True when the folder was there already and nothing had changed.</param>
public sealed record PrepareResult(string Directory, PreparedManifest Manifest, bool Reused);
