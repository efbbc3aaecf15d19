using DistSeq2Seq.Model.Data;
using DistSeq2Seq.Model.Storage;

namespace DistSeq2Seq.Cli.Translate;

/// <summary>Where translations go: the console line by line, or a file that is there whole or not at all.</summary>
internal sealed class TranslateTarget
{
    private readonly string? _path;
    private readonly TextWriter _console;

    /// <param name="path">The file, or null for the console.</param>
    /// <param name="console">Standard output.</param>
    /// <exception cref="DataException">The file can not be one.</exception>
    public TranslateTarget(string? path, TextWriter console)
    {
        (_path, _console) = (path, console);
        if (path is null)
            return;
        if (path.Length == 0 || Directory.Exists(path))
            throw new DataException($"--output \"{path}\": is a folder, and the name of a file is needed");
        var folder = Path.GetDirectoryName(Path.GetFullPath(path))!;
        if (!Directory.Exists(folder))
            throw new DataException($"--output {path}: there is no folder {folder}; make it first");
    }

    /// <summary>Lets translations be written.</summary>
    /// <exception cref="DataException">The file may not be written.</exception>
    public void Write(Action<TextWriter> write)
    {
        if (_path is null)
        {
            WriteToConsole(write);
            return;
        }

        try
        {
            // A device or pipe (/dev/null, /dev/fd/5) is written to; a rename would put a file in its place.
            if (Path.GetFullPath(_path).StartsWith("/dev/", StringComparison.Ordinal))
            {
                using var device = new FileStream(_path, FileMode.Open, FileAccess.Write);
                WriteTo(device, write);
            }
            else
            {
                DurableFile.Write(_path, file => WriteTo(file, write));
            }
        }
        catch (UnauthorizedAccessException e)
        {
            throw new DataException($"--output {_path}: cannot be written: {e.Message}", e);
        }
    }

    private void WriteToConsole(Action<TextWriter> write)
    {
        // Text is UTF-8 whatever the terminal's locale says; a test's writer is taken as it is.
        if (!ReferenceEquals(_console, Console.Out))
        {
            write(_console);
            return;
        }

        using var stream = Console.OpenStandardOutput();
        WriteTo(stream, write);
    }

    private static void WriteTo(Stream stream, Action<TextWriter> write)
    {
        using var writer = new StreamWriter(stream, DurableFile.Utf8, leaveOpen: true) { NewLine = "\n" };
        write(writer);
    }
}
