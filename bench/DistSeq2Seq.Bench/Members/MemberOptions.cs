using System.CommandLine;
using DistSeq2Seq.Configuration;

namespace DistSeq2Seq.Bench.Members;

/// <summary>What every member process is told.</summary>
internal sealed class MemberOptions
{
    private readonly Option<int> _rank = new("--rank");
    private readonly Option<int> _workers = new("--workers") { DefaultValueFactory = _ => 1 };
    private readonly Option<int> _warmup = new("--warmup") { DefaultValueFactory = _ => 2 };
    private readonly Option<int> _rounds = new("--rounds") { DefaultValueFactory = _ => 5 };

    /// <summary>Address that this member listens on and is reached by.</summary>
    public Option<string> Bind { get; } = new("--bind") { DefaultValueFactory = _ => "127.0.0.1" };

    /// <summary>Whether members stand for processes of different hosts: then they share no memory.</summary>
    public Option<bool> Apart { get; } = new("--apart");

    /// <summary>How gradients travel.</summary>
    public Option<Wire> Wire { get; } = new("--wire") { DefaultValueFactory = _ => Configuration.Wire.Fp32 };

    /// <summary>A hidden verb with these options.</summary>
    public Command Command(string name)
    {
        var command = new Command(name) { Hidden = true };
        foreach (var option in (IEnumerable<Option>)[_rank, _workers, _warmup, _rounds, Bind, Apart, Wire])
            command.Add(option);
        return command;
    }

    /// <summary>A hidden verb that does one thing by itself, again and again.</summary>
    /// <param name="name">The verb.</param>
    /// <param name="run">Given the rounds before and while measuring.</param>
    public static Command Alone(string name, Func<int, int, Measurement> run)
    {
        var options = new MemberOptions();
        var command = options.Command(name);
        command.SetAction(parsed =>
        {
            var (_, _, warmup, rounds) = options.Read(parsed);
            Console.WriteLine(run(warmup, rounds).ToLine());
            return 0;
        });
        return command;
    }

    /// <summary>The values.</summary>
    public (int Rank, int Workers, int Warmup, int Rounds) Read(ParseResult parsed) =>
        (parsed.GetValue(_rank), parsed.GetValue(_workers), parsed.GetValue(_warmup), parsed.GetValue(_rounds));
}
