using System.Runtime.CompilerServices;

// The grammar's building blocks are internal; their tests look at them one by one.
[assembly: InternalsVisibleTo("DistSeq2Seq.Quickstart.Tests")]
