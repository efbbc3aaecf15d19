using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text;
using Microsoft.Build.Framework;
using Microsoft.Build.Utilities;

/// <summary>
/// Makes a native library load on a system whose libstdc++ is older than the one that it was linked against, where that is harmless:
/// the version that the system lacks is named by nothing but <c>std::ios_base_library_init</c>, a marker to which no relocation
/// refers. The library's need for that version is marked as weak (VER_FLG_WEAK in .gnu.version_r), which the loader passes over.
/// </summary>
/// <remarks>
/// The file is replaced as a whole and keeps its time, so that a build does not copy it again. Nothing is written where the system
/// has the version, and the task fails where any other symbol needs it. Format: ELF gABI, "Symbol Versioning" of the LSB.
/// </remarks>
public class WeakVersionNeed : Task
{
    private const string Marker = "_ZSt21ios_base_library_initv";
    private const ushort Weak = 2;
    private const uint StringTable = 3, DynamicSymbols = 11, RelocationsWithAddend = 4, VersionNeeds = 0x6ffffffe,
        SymbolVersions = 0x6fffffff;

    /// <summary>The library beside the program.</summary>
    [Required]
    public string Library { get; set; }

    /// <summary>The version whose absence is harmless, as GLIBCXX_3.4.32.</summary>
    [Required]
    public string Version { get; set; }

    /// <inheritdoc/>
    public override bool Execute()
    {
        var runtime = FindRuntime();
        // In the text of the system's library stands every version that it defines.
        if (runtime == null || Contains(File.ReadAllBytes(runtime), Encoding.ASCII.GetBytes(Version + "\0")))
            return true;
        var image = File.ReadAllBytes(Library);
        string problem;
        var flags = FindFlags(image, out problem);
        if (flags < 0)
        {
            Log.LogError("{0}: {1} lacks {2}, and this is not the file that is known to load without it: {3}. Install a libstdc++ that has "
                + "it (GCC 13.2 or later), or use a newer system.",
                Library, runtime, Version, problem);
            return false;
        }

        if ((BitConverter.ToUInt16(image, flags) & Weak) != 0)
            return true;
        image[flags] |= (byte)Weak;
        var written = File.GetLastWriteTimeUtc(Library);
        var temporary = Library + ".new";
        File.Copy(Library, temporary, true); // keeps the mode
        File.WriteAllBytes(temporary, image);
        File.SetLastWriteTimeUtc(temporary, written);
        File.Replace(temporary, Library, null);
        Log.LogMessage(MessageImportance.Normal, "{0}: {1} lacks {2}; the need for it is marked as weak", Library, runtime, Version);
        return true;
    }

    /// <summary>The libstdc++ that this process, and so any .NET process, has loaded; null where there is none.</summary>
    private static string FindRuntime()
    {
        const string maps = "/proc/self/maps";
        return !File.Exists(maps) ? null : File.ReadLines(maps)
            .Select(line => line.Substring(line.IndexOf('/') < 0 ? line.Length : line.IndexOf('/')))
            .FirstOrDefault(path => Path.GetFileName(path).StartsWith("libstdc++.so.6", StringComparison.Ordinal));
    }

    /// <summary>
    /// Where the flags of the version's need are in the file; -1 with the problem where this is not the library that was examined.
    /// </summary>
    private int FindFlags(byte[] image, out string problem)
    {
        problem = "it is no 64-bit ELF file";
        if (image.Length < 64 || image[0] != 0x7f || image[1] != 'E' || image[2] != 'L' || image[3] != 'F' || image[4] != 2)
            return -1;
        var sections = Sections(image);
        Section needs, symbols, versions;
        problem = "it has no symbol versions";
        if (!sections.TryGetValue(VersionNeeds, out needs) || !sections.TryGetValue(DynamicSymbols, out symbols)
            || !sections.TryGetValue(SymbolVersions, out versions))
            return -1;
        var strings = All(image)[(int)symbols.Link];

        var flags = -1;
        var number = 0;
        for (long entry = needs.Offset, following = 1; following != 0; entry += following)
        {
            following = BitConverter.ToUInt32(image, (int)entry + 12);
            var need = entry + BitConverter.ToUInt32(image, (int)entry + 8);
            for (int i = 0, count = BitConverter.ToUInt16(image, (int)entry + 2); i < count; i++,
                need += BitConverter.ToUInt32(image, (int)need + 12))
            {
                if (Text(image, strings.Offset + BitConverter.ToUInt32(image, (int)need + 8)) != Version)
                    continue;
                flags = (int)need + 4;
                number = BitConverter.ToUInt16(image, (int)need + 6);
            }
        }

        problem = "it does not ask for that version";
        if (flags < 0)
            return -1;

        for (var i = 0; i < symbols.Size / 24; i++)
        {
            if ((BitConverter.ToUInt16(image, (int)versions.Offset + (2 * i)) & 0x7fff) != number)
                continue;
            var name = Text(image, strings.Offset + BitConverter.ToUInt32(image, (int)symbols.Offset + (24 * i)));
            problem = name + " of that version is used";
            if (name != Marker || All(image).Where(s => s.Type == RelocationsWithAddend).Any(s => Refers(image, s, i)))
                return -1;
        }

        return flags;
    }

    private static bool Refers(byte[] image, Section relocations, int symbol)
    {
        for (var at = relocations.Offset; at < relocations.Offset + relocations.Size; at += 24)
        {
            if (BitConverter.ToUInt32(image, (int)at + 12) == symbol)
                return true;
        }

        return false;
    }

    private static Dictionary<uint, Section> Sections(byte[] image) =>
        All(image).Where(s => s.Type != StringTable && s.Type != RelocationsWithAddend && s.Type > 1).GroupBy(s => s.Type)
        .ToDictionary(g => g.Key, g => g.First());

    private static List<Section> All(byte[] image)
    {
        var found = new List<Section>();
        var start = BitConverter.ToInt64(image, 40);
        for (var i = 0; i < BitConverter.ToUInt16(image, 60); i++)
        {
            var at = (int)start + (i * BitConverter.ToUInt16(image, 58));
            found.Add(new Section
            {
                Type = BitConverter.ToUInt32(image, at + 4),
                Offset = BitConverter.ToInt64(image, at + 24),
                Size = BitConverter.ToInt64(image, at + 32),
                Link = BitConverter.ToUInt32(image, at + 40),
            });
        }

        return found;
    }

    private static string Text(byte[] image, long at)
    {
        var end = Array.IndexOf(image, (byte)0, (int)at);
        return Encoding.ASCII.GetString(image, (int)at, end - (int)at);
    }

    private static bool Contains(byte[] text, byte[] part)
    {
        for (var at = Array.IndexOf(text, part[0]); at >= 0 && at + part.Length <= text.Length; at = Array.IndexOf(text, part[0], at + 1))
        {
            if (part.Select((value, i) => text[at + i] == value).All(same => same))
                return true;
        }

        return false;
    }

    private struct Section
    {
        public uint Type, Link;
        public long Offset, Size;
    }
}
