using DistSeq2Seq.Bench.Corpora;
using DistSeq2Seq.Configuration;
using DistSeq2Seq.Model.Data.Tokenizers;

namespace DistSeq2Seq.Bench.Runs;

/// <summary>Configurations of whole runs on the bench's corpora.</summary>
internal static class RunFiles
{
    /// <summary>The corpus that <see cref="SyntheticCorpus.Write"/> wrote.</summary>
    public static DataConfiguration DataOf(string folder) => new()
    {
        Folder = folder,
        Train = new() { Source = SyntheticCorpus.SourceFile, Target = SyntheticCorpus.TargetFile },
        // at the end of an epoch, which no case reaches
        Valid = new() { Source = SyntheticCorpus.SourceFile, Target = SyntheticCorpus.TargetFile },
        Tokenizer = TokenizerFactory.None,
    };

    /// <summary>Writes a configuration for the program to read.</summary>
    /// <returns>Path of the YAML file.</returns>
    public static string Write(RunConfiguration configuration)
    {
        var path = configuration.Run + ".yaml";
        File.WriteAllText(path, ConfigurationWriter.ToYaml(configuration));
        return path;
    }
}
