using System.Runtime.CompilerServices;

// Parts of the worker that have no business outside it are tested, and measured, one by one.
[assembly: InternalsVisibleTo("DistSeq2Seq.Worker.Tests")]
[assembly: InternalsVisibleTo("distseq2seq-bench")]
