using System.Text;
using DistSeq2Seq.Model.Data.Text;
using DistSeq2Seq.Model.Storage;

namespace DistSeq2Seq.Model.Data.Tokenizers.Bpe;

/// <summary>One merge: two symbols that stand side by side become one.</summary>
/// <param name="Left">Left symbol; neither empty nor with a space.</param>
/// <param name="Right">
/// Right symbol; one that ends a word ends with <see cref="BpeCodes.WordEnd"/>.
/// </param>
public readonly record struct BpeMerge(string Left, string Right);

/// <summary>
/// The merges of byte-pair encoding (Sennrich, Haddow, Birch: Neural Machine Translation of Rare Words with Subword
/// Units, 2016), the first learned first. The file is subword-nmt's: the line <c>#version: 0.2</c>, then
/// <c>left right</c> a line, so that either program applies what the other learned. Immutable.
/// </summary>
public sealed class BpeCodes
{
    /// <summary>What the last symbol of a word ends with.</summary>
    public const string WordEnd = "</w>";

    private const string Header = "#version: 0.2";

    /// <summary>Creates codes.</summary>
    /// <param name="merges">The merges in order; of equal ones only the first counts.</param>
    public BpeCodes(IReadOnlyList<BpeMerge> merges) => Merges = merges;

    /// <summary>The merges, the first learned first.</summary>
    public IReadOnlyList<BpeMerge> Merges { get; }

    /// <summary>Reads a codes file.</summary>
    /// <exception cref="DataException">
    /// It is missing, not UTF-8, of another version, or has a line that is not two symbols.
    /// </exception>
    public static BpeCodes Load(string path)
    {
        using var lines = new Utf8LineReader(path);
        var header = lines.ReadLine();
        if (header?.TrimEnd() != Header)
            throw new DataException($"{path}: line 1: a codes file begins with \"{Header}\", "
                + $"and {(header is null ? "this one is empty" : $"\"{header}\" stands here")}; "
                + "learn the codes with subword-nmt 0.3 or newer (not byte level), or with prepare.");
        var merges = new List<BpeMerge>();
        while (lines.ReadLine() is { } line)
        {
            // Only U+0020 separates: symbols may hold other white space in files of other programs.
            var parts = line.Trim(' ').Split(' ');
            if (parts.Length != 2 || parts[0].Length == 0 || parts[1].Length == 0)
                throw new DataException($"{path}: line {lines.LineNumber}: \"{line}\" is not a merge; "
                    + "two symbols with one space between them are needed.");
            merges.Add(new BpeMerge(parts[0], parts[1]));
        }
        return new BpeCodes(merges);
    }

    /// <summary>Writes the file, atomically.</summary>
    public void Save(string path)
    {
        var text = new StringBuilder(Header).Append('\n');
        foreach (var (left, right) in Merges)
            text.Append(left).Append(' ').Append(right).Append('\n');
        DurableFile.WriteText(path, text.ToString());
    }
}
