using System.Text.Encodings.Web;
using System.Text.Json;
using DistSeq2Seq.Model.Decoding;
using DistSeq2Seq.Model.Storage;

namespace DistSeq2Seq.Cli.Translate.Attention;

/// <summary>
/// Attention as JSON, an array of an object a line: <c>{"line": 0, "source": […], "hypotheses": [{"text", "score", "target": […],
/// "weights": [[…], …]}]}</c>, a row of weights for each target token and a column for each source token, both with their end tokens.
/// </summary>
internal sealed class AttentionFile : AttentionOutput
{
    private readonly string _path;
    private readonly string _temporary;
    private readonly FileStream _file;
    private readonly Utf8JsonWriter _json;
    private bool _completed;

    public AttentionFile(string path)
    {
        _path = path;
        _temporary = $"{path}.{Guid.NewGuid():N}.tmp";
        _file = new FileStream(_temporary, FileMode.CreateNew, FileAccess.Write, FileShare.None);
        _json = new Utf8JsonWriter(_file, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });
        _json.WriteStartArray();
    }

    /// <inheritdoc/>
    public override void Add(long line, Translation translation)
    {
        _json.WriteStartObject();
        _json.WriteNumber("line", line);
        Write("source", translation.Hypotheses[0].Attention?.Source ?? []);
        _json.WriteStartArray("hypotheses");
        foreach (var hypothesis in translation.Hypotheses)
            Write(hypothesis);
        _json.WriteEndArray();
        _json.WriteEndObject();
        _json.Flush(); // Keeps memory bounded.
    }

    /// <inheritdoc/>
    public override void Complete()
    {
        _json.WriteEndArray();
        _json.Dispose();
        _file.Flush(flushToDisk: true);
        _file.Dispose();
        File.Move(_temporary, _path, overwrite: true);
        DurableFile.FlushDirectory(Path.GetDirectoryName(Path.GetFullPath(_path))!);
        _completed = true;
    }

    /// <inheritdoc/>
    public override void Dispose()
    {
        if (_completed)
            return;
        _file.Dispose();
        File.Delete(_temporary);
    }

    private void Write(Hypothesis hypothesis)
    {
        _json.WriteStartObject();
        _json.WriteString("text", hypothesis.Text);
        if (double.IsFinite(hypothesis.Score))
            _json.WriteNumber("score", Math.Round(hypothesis.Score, 4));
        else
            _json.WriteNull("score");
        Write("target", hypothesis.Attention?.Target ?? []);
        _json.WriteStartArray("weights");
        foreach (var row in hypothesis.Attention?.Weights ?? [])
        {
            _json.WriteStartArray();
            foreach (var weight in row)
                _json.WriteNumberValue(Math.Round((decimal)weight, 4));
            _json.WriteEndArray();
        }

        _json.WriteEndArray();
        _json.WriteEndObject();
    }

    private void Write(string name, IReadOnlyList<string> tokens)
    {
        _json.WriteStartArray(name);
        foreach (var token in tokens)
            _json.WriteStringValue(token);
        _json.WriteEndArray();
    }
}
