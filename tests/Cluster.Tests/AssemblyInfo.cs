using Xunit;

// Each test starts processes that use every core.
[assembly: CollectionBehavior(DisableTestParallelization = true)]
