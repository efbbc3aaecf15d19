using System.IO.Compression;
using System.Text;

namespace DistSeq2Seq.Model.Tests.Data;

/// <summary>A temporary folder that goes away with the test.</summary>
public sealed class TestFolder : IDisposable
{
    public TestFolder() => Path = Directory.CreateTempSubdirectory("distseq2seq-data-").FullName;

    public string Path { get; }

    public string this[string name] => System.IO.Path.Combine(Path, name);

    public string Write(string name, string text) => Write(name, Encoding.UTF8.GetBytes(text));

    public string Write(string name, byte[] bytes)
    {
        File.WriteAllBytes(this[name], bytes);
        return this[name];
    }

    public string WriteGzip(string name, string text)
    {
        using var gzip = new GZipStream(File.Create(this[name]), CompressionLevel.Fastest);
        gzip.Write(Encoding.UTF8.GetBytes(text));
        return this[name];
    }

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
