namespace DistSeq2Seq.Protocol.Plans.Costs;

/// <summary>The part of a step that takes the most time.</summary>
public enum Bottleneck
{
    /// <summary>Forward and backward, and applying the gradient.</summary>
    Compute,

    /// <summary>A host's network link.</summary>
    Network,

    /// <summary>Processor time of gRPC that is proportional to bytes.</summary>
    Transport,

    /// <summary>Copies to and from shared memory.</summary>
    Copies,

    /// <summary>Summation of contributions.</summary>
    Sums,

    /// <summary>Processor time that is proportional to the number of messages.</summary>
    Messages,

    /// <summary>Time that messages spend on the network.</summary>
    Latency,

    /// <summary>The coordinator's plans and reports.</summary>
    Planning,
}

/// <summary>A predicted step, in seconds. Transport, copies, sums and messages are those of the busiest process.</summary>
/// <param name="Compute">Forward, backward and applying, on the cores of the shape.</param>
/// <param name="Network">Time of the busiest link in its busier direction.</param>
/// <param name="Transport">See <see cref="Bottleneck.Transport"/>.</param>
/// <param name="Copies">See <see cref="Bottleneck.Copies"/>.</param>
/// <param name="Sums">See <see cref="Bottleneck.Sums"/>.</param>
/// <param name="Messages">See <see cref="Bottleneck.Messages"/>.</param>
/// <param name="Latency">Latency of one message to the owner and one back.</param>
/// <param name="Planning">Coordinator's time for all workers; it runs at the same time as the steps.</param>
/// <param name="Exchange">Whole exchange, including the time that is hidden behind computing.</param>
/// <param name="Step">Whole step.</param>
public readonly record struct StepCost(
    double Compute, double Network, double Transport, double Copies, double Sums, double Messages, double Latency, double Planning,
    double Exchange, double Step)
{
    /// <summary>The largest part; the first one of equal parts.</summary>
    public Bottleneck Bottleneck
    {
        get
        {
            ReadOnlySpan<double> parts = [Compute, Network, Transport, Copies, Sums, Messages, Latency, Planning];
            return (Bottleneck)Largest(parts);
        }
    }

    /// <summary>The largest part of the exchange: without <see cref="Compute"/> and <see cref="Planning"/>.</summary>
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
