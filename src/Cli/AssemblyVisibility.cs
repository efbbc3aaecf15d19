using System.Runtime.CompilerServices;

// Tests read options and their checks without running a verb.
[assembly: InternalsVisibleTo("DistSeq2Seq.Cli.Tests")]
