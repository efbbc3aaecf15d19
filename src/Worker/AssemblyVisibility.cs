using System.Runtime.CompilerServices;

// Tests and benches use internal parts of the worker one by one.
[assembly: InternalsVisibleTo("DistSeq2Seq.Worker.Tests")]
[assembly: InternalsVisibleTo("distseq2seq-bench")]
