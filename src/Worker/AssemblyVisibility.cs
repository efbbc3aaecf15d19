using System.Runtime.CompilerServices;

// Parts of the worker that have no business outside it are tested one by one.
[assembly: InternalsVisibleTo("DistSeq2Seq.Worker.Tests")]
