using Xunit.v3;

// Each test starts processes that mostly wait: two classes at a time keep two cores busy. None depends on speed.
[assembly: Parallelization(MaxThreads = 2)]
