using System.Net;
using System.Net.Sockets;
using DistSeq2Seq.Cli.Doctor;
using DistSeq2Seq.Configuration;
using Xunit;

namespace DistSeq2Seq.Cli.Tests.Doctor;

public sealed class DoctorCommandTests
{
    private static readonly Machine Bare = new()
    {
        Ports = new PortsConfiguration { Akka = 0, Grpc = 0, Http = 0 },
        Python = "no-such-python",
        Kubectl = "no-such-kubectl",
        NeededBytes = 1,
        ComfortableBytes = 1,
    };

    [Fact]
    public async Task Doctor_Plan_PredictsEverySizeAndNamesWhatLimitsIt()
    {
        var outcome = await Verb.RunAsync(DoctorCommand.Create(Bare), "--plan", "1000", "--gigabits", "1");
        Assert.Equal((0, ""), (outcome.Code, outcome.Error));
        var lines = outcome.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(1 + 11, lines.Length); // 1, 2, 4, …, 512, 1,000
        Assert.Matches("^ +1 +1 +40.00 s +1.0  compute", lines[1]);
        Assert.Matches("^ +1,000 +1,000 .*  network +.*  network$", lines[^1]);
        Assert.NotEqual(outcome.Output,
            (await Verb.RunAsync(DoctorCommand.Create(Bare), "--plan", "1000", "--gigabits", "1", "--wire", "bf16")).Output);
    }

    [Theory]
    [InlineData("--plan", "0")]
    [InlineData("--gigabits", "-1")]
    public async Task Doctor_PlanOfNothing_NamesTheOptionAndTheValue(string option, string value)
    {
        var outcome = await Verb.RunAsync(DoctorCommand.Create(Bare), option, value);
        Assert.NotEqual(0, outcome.Code);
        Assert.Contains($"{option} is {value}; it takes", outcome.Error + outcome.Output);
    }

    [Fact]
    public async Task Doctor_MachineThatTrains_SucceedsAndNamesEverything()
    {
        var outcome = await Verb.RunAsync(DoctorCommand.Create(Bare));
        Assert.Equal((0, ""), (outcome.Code, outcome.Error));
        foreach (var subject in new[] { ".NET", "packages", "libtorch", "libstdc++", "products", "GPU", "disk", "port 0" })
            Assert.Contains($"ok       {subject,-10} ", outcome.Output);
        Assert.DoesNotContain("\nerror ", outcome.Output);
        Assert.Matches("\n(ok     |warning)  kernels ", outcome.Output);
        Assert.Matches("packages +Akka.NET 1\\.[0-9.]+, TorchSharp 0\\.[0-9.]+, grpc-dotnet 2\\.[0-9.]+, Protobuf 3\\.[0-9.]+\n",
            outcome.Output);
        Assert.Matches("libtorch +version 2\\.[0-9.]+, .*/libtorch_cpu\\.so\n", outcome.Output);
        Assert.Matches("libstdc\\+\\+ +/.*libstdc\\+\\+\\.so\\.6.* GLIBCXX_3\\.4\\.32", outcome.Output);
        Assert.Matches("products +MKL [0-9.]+ .*,STRICT, ", outcome.Output);
    }

    [Fact]
    public async Task Doctor_OptionalProgramsMissing_WarnsWithRemedies()
    {
        var outcome = await Verb.RunAsync(DoctorCommand.Create(Bare));
        Assert.Equal(0, outcome.Code);
        Assert.Contains("warning  kubectl    there is no no-such-kubectl; only `launch` needs it\n" + new string(' ', 20)
            + "to do: install it", outcome.Output);
        Assert.Contains("warning  PyTorch    there is no no-such-python; only the benchmarks' peers need it\n" + new string(' ', 20)
            + "to do: apt-get", outcome.Output);
    }

    [Fact]
    public async Task Doctor_ProgramThatFails_SaysWhatItSaid()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "the program that fails is the shell");
        var outcome = await Verb.RunAsync(DoctorCommand.Create(Bare with { Python = "sh" }));
        Assert.Equal(0, outcome.Code);
        Assert.Matches("warning  PyTorch    not usable \\(sh: .+\\); only the benchmarks' peers need it\n", outcome.Output);
    }

    [Fact]
    public async Task Doctor_PortInUse_WarnsAndNamesTheKey()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var port = ((IPEndPoint)listener.LocalEndpoint).Port;
        var outcome = await Verb.RunAsync(DoctorCommand.Create(Bare with { Ports = Bare.Ports with { Http = port } }));
        Assert.Equal(0, outcome.Code);
        Assert.Contains($"warning  {$"port {port}",-10} cannot be used (AddressAlreadyInUse)", outcome.Output);
        Assert.Contains("--set cluster.ports.http=0", outcome.Output);
    }

    [Fact]
    public async Task Doctor_DiskFull_FailsWithARemedy()
    {
        var outcome = await Verb.RunAsync(
            DoctorCommand.Create(Bare with { NeededBytes = long.MaxValue, ComfortableBytes = long.MaxValue }));
        Assert.Equal(1, outcome.Code);
        Assert.Contains("error    disk ", outcome.Output);
        Assert.Contains("to do: make room", outcome.Output);
    }
}
