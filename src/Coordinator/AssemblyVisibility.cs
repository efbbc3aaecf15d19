using System.Runtime.CompilerServices;

// Tests use internal parts of the coordinator one by one.
[assembly: InternalsVisibleTo("DistSeq2Seq.Coordinator.Tests")]
