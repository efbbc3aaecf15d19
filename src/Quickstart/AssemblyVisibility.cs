using System.Runtime.CompilerServices;

// The tests of the grammar's building blocks need access to internal types.
[assembly: InternalsVisibleTo("DistSeq2Seq.Quickstart.Tests")]
