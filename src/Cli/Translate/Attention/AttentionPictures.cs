using DistSeq2Seq.Model.Decoding;
using DistSeq2Seq.Model.Storage;

namespace DistSeq2Seq.Cli.Translate.Attention;

/// <summary>Attention as pictures: a folder with <c>line-000001.svg</c>, … for the best translation of each line that has tokens.</summary>
internal sealed class AttentionPictures : AttentionOutput
{
    private readonly string _path;
    private readonly string _temporary;

    public AttentionPictures(string path)
    {
        _path = path;
        _temporary = $"{path}.{Guid.NewGuid():N}.tmp";
        Directory.CreateDirectory(_temporary);
    }

    /// <inheritdoc/>
    public override void Add(long line, Translation translation)
    {
        if (translation.Hypotheses[0].Attention is { } attention)
            File.WriteAllText(Path.Combine(_temporary, FormattableString.Invariant($"line-{line + 1:000000}.svg")),
                HeatMap.ToSvg(attention), DurableFile.Utf8);
    }

    /// <inheritdoc/>
    public override void Complete()
    {
        if (Directory.Exists(_path))
            Directory.Delete(_path);
        Directory.Move(_temporary, _path);
    }

    /// <inheritdoc/>
    public override void Dispose()
    {
        if (Directory.Exists(_temporary))
            Directory.Delete(_temporary, recursive: true);
    }
}
