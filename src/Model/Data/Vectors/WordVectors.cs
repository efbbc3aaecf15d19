using DistSeq2Seq.Model.Checkpoints;
using DistSeq2Seq.Model.Checkpoints.Safetensors;

namespace DistSeq2Seq.Model.Data.Vectors;

/// <summary>Vectors that some words of a vocabulary start from.</summary>
/// <param name="Ids">The words, in ascending order.</param>
/// <param name="Values">[words, width], row by row.</param>
public sealed record WordVectors(IReadOnlyList<long> Ids, float[] Values)
{
    private const string IdsName = "ids";
    private const string ValuesName = "vectors";

    /// <summary>Numbers of each word; 0 where no word was found.</summary>
    public int Width => Ids.Count == 0 ? 0 : Values.Length / Ids.Count;

    /// <summary>Writes the words' rows of an embedding.</summary>
    /// <param name="embedding">[V, width], row by row.</param>
    public void CopyTo(Span<float> embedding)
    {
        for (var i = 0; i < Ids.Count; i++)
            Values.AsSpan(i * Width, Width).CopyTo(embedding[((int)Ids[i] * Width)..]);
    }

    /// <summary>Looks a vocabulary's words up in a file of vectors; of a word that stands there twice, the first one counts.</summary>
    internal static WordVectors Find(WordVectorReader reader, int width, Vocabulary vocabulary, Action look)
    {
        var found = new SortedDictionary<long, float[]>();
        var vector = new float[width];
        while (reader.TryRead(out var word, vector))
        {
            look();
            if (vocabulary.Lookup(word) is var id && id != Vocabulary.Unknown && !found.ContainsKey(id))
                found.Add(id, [.. vector]);
        }

        return new WordVectors([.. found.Keys], [.. found.Values.SelectMany(values => values)]);
    }

    /// <summary>Writes a safetensors file: <c>ids</c> and <c>vectors</c>.</summary>
    internal void Save(string path)
    {
        using var file = File.Create(path);
        SafetensorsWriter.Write(file,
        [
            SafetensorsTensor.Integers(IdsName, [Ids.Count], Ids.ToArray()),
            SafetensorsTensor.Floats(ValuesName, [Ids.Count, Width], FloatBuffer.Of(Values)),
        ]);
        file.Flush(flushToDisk: true);
    }

    /// <summary>Reads what <see cref="Save"/> wrote.</summary>
    /// <exception cref="DataException">It is damaged.</exception>
    internal static WordVectors Load(string path)
    {
        try
        {
            using var file = SafetensorsFile.Open(path);
            return new WordVectors(file.Integers(IdsName).ToArray(), file.Floats(ValuesName).ToArray());
        }
        catch (CheckpointException error)
        {
            throw new DataException($"{path}: not the vectors of a prepared folder ({error.Message}); delete the folder and prepare the "
                + "data again.", error);
        }
    }
}

/// <summary>The vectors that a run's embeddings start from; null for a side that has none.</summary>
/// <param name="Source">Of the encoder's embedding.</param>
/// <param name="Target">Of the decoder's embedding.</param>
public sealed record PretrainedVectors(WordVectors? Source, WordVectors? Target);

/// <summary>A file of word vectors to look words up in.</summary>
/// <param name="Path">The file, as <see cref="WordVectorReader"/> reads it; the path is not part of the fingerprint.</param>
/// <param name="Width">Numbers of each word.</param>
public sealed record VectorSource(string Path, int Width);

/// <summary>Counts of the words found in a file of word vectors.</summary>
/// <param name="Found">Words of the vocabulary that the file has.</param>
/// <param name="Words">Words of the vocabulary, the special ones not counted.</param>
public sealed record VectorRecord(int Found, int Words);
