namespace DistSeq2Seq.Bench.Comparing;

/// <summary>Something that is measured, against another side or against a limit.</summary>
/// <param name="Name">As on the command line.</param>
/// <param name="What">For the table.</param>
/// <param name="Target">Least ratio, ours to the other side's, that the project aims at.</param>
/// <param name="Ours">Measures this project.</param>
internal abstract record BenchCase(string Name, string What, double Target, Func<Task<Measurement>> Ours);

/// <summary>Something that both sides do: the ratio is how many times faster we are.</summary>
/// <param name="Name">As on the command line.</param>
/// <param name="What">For the table.</param>
/// <param name="Unit">What <paramref name="Amount"/> counts.</param>
/// <param name="Amount">Units of one round; the table shows them per second.</param>
/// <param name="Target">Least ratio, ours to the peer's, that the project aims at.</param>
/// <param name="Ours">Measures this project.</param>
/// <param name="Peer">Measures the other side, given a Python with PyTorch.</param>
/// <param name="PeerNeedsPython">Whether the other side is PyTorch, and not this project in another setting.</param>
/// <param name="WhyNot">Why it cannot be measured on this machine; null, or a result of null, where it can.</param>
internal sealed record PeerCase(
    string Name, string What, string Unit, double Amount, double Target, Func<Task<Measurement>> Ours, Func<string, Task<Measurement>> Peer,
    bool PeerNeedsPython = true, Func<string?>? WhyNot = null) : BenchCase(Name, What, Target, Ours);

/// <summary>Something that may take so long: the ratio is how many times the time taken fits into it.</summary>
/// <param name="Name">As on the command line.</param>
/// <param name="What">For the table.</param>
/// <param name="LimitSeconds">Longest wall time.</param>
/// <param name="Ours">Measures this project.</param>
internal sealed record LimitCase(string Name, string What, double LimitSeconds, Func<Task<Measurement>> Ours)
    : BenchCase(Name, What, 1.0, Ours);
