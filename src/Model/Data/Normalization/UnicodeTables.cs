using System.Globalization;

namespace DistSeq2Seq.Model.Data;

/// <summary>
/// Decompositions, compositions and combining classes, from <c>UnicodeDecompositions.txt</c>. The runtime's own
/// normalization does nothing where ICU is left out, and changes with its version; this one does neither.
/// </summary>
internal sealed class UnicodeTables
{
    private const string Resource = "DistSeq2Seq.Model.UnicodeDecompositions.txt";

    private static readonly Lazy<UnicodeTables> Loaded = new(() => new UnicodeTables());

    private readonly Dictionary<int, byte> _classes = [];
    private readonly Dictionary<int, int[]> _canonical = [];
    private readonly Dictionary<int, int[]> _compatibility = [];
    private readonly Dictionary<(int First, int Second), int> _compositions = [];

    private UnicodeTables()
    {
        var excluded = new HashSet<int>();
        using var stream = typeof(UnicodeTables).Assembly.GetManifestResourceStream(Resource)!;
        using var reader = new StreamReader(stream, DurableFile.Utf8);
        while (reader.ReadLine() is { } line)
        {
            if (line[0] == '#')
                continue;
            var numbers = line.Split(' ').Skip(1).Select(n => int.Parse(n, NumberStyles.HexNumber, CultureInfo.InvariantCulture)).ToArray();
            switch (line[0])
            {
                case 'c':
                    _classes.Add(numbers[0], (byte)numbers[1]);
                    break;
                case 'd':
                    _canonical.Add(numbers[0], numbers[1..]);
                    break;
                case 'k':
                    _compatibility.Add(numbers[0], numbers[1..]);
                    break;
                default:
                    excluded.Add(numbers[0]);
                    break;
            }
        }
        foreach (var (code, parts) in _canonical)
        {
            if (parts.Length == 2 && !excluded.Contains(code))
                _compositions.Add((parts[0], parts[1]), code);
        }
    }

    public static UnicodeTables Instance => Loaded.Value;

    /// <summary>Canonical combining class; 0 for what begins a character.</summary>
    public int ClassOf(int code) => _classes.GetValueOrDefault(code);

    /// <summary>One level of decomposition; null for none.</summary>
    public int[]? DecompositionOf(int code, bool compatibility) =>
        _canonical.TryGetValue(code, out var parts) || (compatibility && _compatibility.TryGetValue(code, out parts)) ? parts : null;

    /// <summary>What two code points are together; -1 for nothing.</summary>
    public int Compose(int first, int second) => _compositions.GetValueOrDefault((first, second), -1);
}
