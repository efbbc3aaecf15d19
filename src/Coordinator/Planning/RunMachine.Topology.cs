using DistSeq2Seq.Configuration;
using DistSeq2Seq.Exchange;
using DistSeq2Seq.Protocol.Cluster;
using DistSeq2Seq.Protocol.Plans.Costs;

namespace DistSeq2Seq.Coordinator.Planning;

/// <summary>Decides which processes finish sums.</summary>
public sealed partial class RunMachine
{
    private long _gradientElements = 1;
    private bool _autoIsStar;

    /// <summary>Whether the coordinator finishes all sums.</summary>
    public bool IsStar => _options.Topology == Topology.Star || (_options.Topology == Topology.Auto && _autoIsStar);

    private void TakeSize(WorkerReady ready)
    {
        if (ready.Layout.Count > 0)
            _gradientElements = ready.Layout.Sum(tensor => tensor.Shape.Aggregate(1L, (product, size) => product * size));
    }

    private void ChooseTopology()
    {
        if (_options.Topology != Topology.Auto)
            return;
        var choice = TopologyChoice.Of(
            new StepWork
            {
                MicroBatches = _options.MicroBatches,
                GradientElements = _gradientElements,
                BucketElements = _options.BucketElements,
                ChunkElements = _options.ChunkElements,
                WireBytesPerElement = TensorFrame.SizeOf(_options.Wire),
            },
            [.. _members.Select(m => m.Host)], HostOf(_options.GrpcAddress));
        _autoIsStar = choice.IsStar;
        Log(false, choice.Reason);
    }

    private static string HostOf(string address) => new Uri(address).Host;
}
