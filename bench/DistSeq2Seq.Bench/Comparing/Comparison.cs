using System.Globalization;

namespace DistSeq2Seq.Bench.Comparing;

/// <summary>The measurements of a case, pair by pair.</summary>
/// <param name="Case">What was measured.</param>
/// <param name="Ours">Of this project.</param>
/// <param name="Peer">Of the other side; empty where it is not there, or the case has a limit instead.</param>
internal sealed record Comparison(BenchCase Case, IReadOnlyList<Measurement> Ours, IReadOnlyList<Measurement> Peer)
{
    /// <summary>How many times faster we are than the other side or the limit, wall time; of each pair.</summary>
    public IReadOnlyList<double> Ratios => Case is LimitCase limit
        ? [.. Ours.Select(ours => limit.LimitSeconds / ours.Seconds)]
        : Ratio(m => m.Seconds);

    /// <summary>The same of processor time, what a busy machine disturbs least; empty where there is no other side.</summary>
    public IReadOnlyList<double> ProcessorRatios => Ratio(m => m.CpuSeconds);

    /// <summary>Runs a case: ours, peer, ours, peer, …</summary>
    public static async Task<Comparison> RunAsync(BenchCase work, int pairs, string? python, CancellationToken cancellation)
    {
        List<Measurement> ours = [], peer = [];
        if ((work as PeerCase)?.WhyNot?.Invoke() is { } reason)
        {
            Console.Error.WriteLine($"{work.Name}: skipped, {reason}");
            return new Comparison(work, ours, peer);
        }

        for (var pair = 1; pair <= pairs; pair++)
        {
            cancellation.ThrowIfCancellationRequested();
            ours.Add(await work.Ours());
            Tell(work, pair, pairs, "ours", ours[^1]);
            if (work is not PeerCase other || (python is null && other.PeerNeedsPython))
                continue;
            peer.Add(await other.Peer(python ?? ""));
            Tell(work, pair, pairs, "peer", peer[^1]);
        }

        return new Comparison(work, ours, peer);
    }

    private static void Tell(BenchCase work, int pair, int pairs, string side, Measurement measured)
    {
        var detail = measured.Detail is null
            ? ""
            : string.Concat(measured.Detail.Select(d => string.Create(CultureInfo.InvariantCulture, $" · {d.Key} {d.Value:0.###}")));
        Console.Error.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{work.Name} {pair}/{pairs} {side}: {measured.Seconds * 1e3:F1} ms, processor {measured.CpuSeconds * 1e3:F1} ms{detail}"));
    }

    private double[] Ratio(Func<Measurement, double> time) => [.. Peer.Zip(Ours, (peer, ours) => time(peer) / time(ours))];
}
