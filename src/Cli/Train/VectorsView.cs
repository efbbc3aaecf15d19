using System.Globalization;
using DistSeq2Seq.Model.Data.Corpus;

namespace DistSeq2Seq.Cli.Train;

/// <summary>How many words of the vocabularies were found in files of pretrained vectors.</summary>
internal static class VectorsView
{
    /// <summary>A line for each file that was named.</summary>
    public static IEnumerable<string> Lines(PreparedManifest manifest)
    {
        foreach (var (side, vectors) in new[] { ("source", manifest.SourceVectors), ("target", manifest.TargetVectors) })
        {
            if (vectors is not null)
                yield return string.Create(CultureInfo.InvariantCulture,
                    $"  {side} vectors: {vectors.Found:N0} of {vectors.Words:N0} words found");
        }
    }
}
