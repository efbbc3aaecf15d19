using System.Runtime.CompilerServices;

// The parts of the model are tested one by one; tests choose plain layers or kernels for their own thread.
[assembly: InternalsVisibleTo("DistSeq2Seq.Model.Tests")]
