using System.Runtime.CompilerServices;

// What a coordinator lets in is tested by itself.
[assembly: InternalsVisibleTo("DistSeq2Seq.Coordinator.Tests")]
