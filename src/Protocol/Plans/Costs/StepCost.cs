namespace DistSeq2Seq.Protocol.Plans.Costs;

/// <summary>What holds a step up.</summary>
public enum Bottleneck
{
    /// <summary>Forward and backward, and applying the gradient.</summary>
    Compute,

    /// <summary>A host's network link.</summary>
    Network,

    /// <summary>Processor time of gRPC, by bytes.</summary>
    Transport,

    /// <summary>Copies to and from shared memory.</summary>
    Copies,

    /// <summary>Adding contributions up.</summary>
    Sums,

    /// <summary>Processor time of messages, by number.</summary>
    Messages,

    /// <summary>Time on the way.</summary>
    Latency,

    /// <summary>The coordinator's plans and reports.</summary>
    Planning,
}

/// <summary>A predicted step, in seconds. Transport, copies, sums and messages are those of the process that has most of them.</summary>
/// <param name="Compute">Forward, backward and applying, with the cores that there are.</param>
/// <param name="Network">Of the busiest link and direction.</param>
/// <param name="Transport">See <see cref="Bottleneck.Transport"/>.</param>
/// <param name="Copies">See <see cref="Bottleneck.Copies"/>.</param>
/// <param name="Sums">See <see cref="Bottleneck.Sums"/>.</param>
/// <param name="Messages">See <see cref="Bottleneck.Messages"/>.</param>
/// <param name="Latency">Up and down once.</param>
/// <param name="Planning">Of the coordinator, all workers; it goes on beside the steps.</param>
/// <param name="Exchange">Exchange as a whole, hidden or not.</param>
/// <param name="Step">The step as a whole.</param>
public readonly record struct StepCost(
    double Compute, double Network, double Transport, double Copies, double Sums, double Messages, double Latency, double Planning,
    double Exchange, double Step)
{
    /// <summary>The largest part; the first of equals.</summary>
    public Bottleneck Bottleneck
    {
        get
        {
            ReadOnlySpan<double> parts = [Compute, Network, Transport, Copies, Sums, Messages, Latency, Planning];
            return (Bottleneck)Largest(parts);
        }
    }

    /// <summary>The same without <see cref="Compute"/>: what limits the exchange.</summary>
    public Bottleneck ExchangeBottleneck
    {
        get
        {
            ReadOnlySpan<double> parts = [0, Network, Transport, Copies, Sums, Messages, Latency, 0];
            return (Bottleneck)Largest(parts);
        }
    }

    private static int Largest(ReadOnlySpan<double> parts)
    {
        var largest = 0;
        for (var i = 1; i < parts.Length; i++)
            largest = parts[i] > parts[largest] ? i : largest;
        return largest;
    }
}
