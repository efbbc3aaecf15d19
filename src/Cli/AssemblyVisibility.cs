using System.Runtime.CompilerServices;

// How options become what they ask for is tested by itself.
[assembly: InternalsVisibleTo("DistSeq2Seq.Cli.Tests")]
