using System.ComponentModel;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Runtime.CompilerServices;
using CliWrap;
using CliWrap.Buffered;

namespace DistSeq2Seq.Cli.Doctor;

/// <summary>Looks at the machine around the process: ports, programs, disk.</summary>
internal sealed class MachineChecks(Machine machine)
{
    /// <summary>Importing PyTorch from a cold disk takes tens of seconds.</summary>
    private static readonly TimeSpan ProgramTime = TimeSpan.FromMinutes(2);

    /// <summary>The findings, each as soon as it is known.</summary>
    public async IAsyncEnumerable<Finding> RunAsync([EnumeratorCancellation] CancellationToken cancellation)
    {
        yield return Port("akka", machine.Ports.Akka);
        yield return Port("grpc", machine.Ports.Grpc);
        yield return Port("http", machine.Ports.Http);
        yield return Disk();
        yield return await ProgramAsync("kubectl", machine.Kubectl, ["version", "--client"], "only `launch` needs it",
            "install it: https://kubernetes.io/docs/tasks/tools/ (or use launch --dry-run)", cancellation);
        yield return await ProgramAsync("PyTorch", machine.Python, ["-c", "import torch; print('torch', torch.__version__)"],
            "only the benchmarks' peers need it",
            "apt-get install python3-torch, to compare speeds with PyTorch", cancellation);
    }

    private static Finding Port(string name, int port)
    {
        var subject = string.Create(CultureInfo.InvariantCulture, $"port {port}");
        if (port == 0)
            return Finding.Ok(subject, $"cluster.ports.{name}: any free one");
        try
        {
            using var listener = new TcpListener(IPAddress.Any, port);
            listener.Start();
            return Finding.Ok(subject, $"free (cluster.ports.{name})");
        }
        catch (SocketException e)
        {
            return Finding.Warning(subject, $"cannot be used ({e.SocketErrorCode}), as a run that is going on would have it "
                + $"(cluster.ports.{name})",
                $"stop the program that has it, or start runs with --set cluster.ports.{name}=0");
        }
    }

    private Finding Disk()
    {
        const string subject = "disk";
        try
        {
            var free = new DriveInfo(machine.Folder).AvailableFreeSpace;
            var seen = string.Create(CultureInfo.InvariantCulture, $"{free / (double)(1L << 30):0.0} GiB free for {machine.Folder}");
            return free < machine.NeededBytes
                ? Finding.Error(subject, seen, "make room, or work in a folder of another disk")
                : free < machine.ComfortableBytes
                ? Finding.Warning(subject, seen, "make room, or keep fewer checkpoints (checkpoints.keep_last, keep_best)")
                : Finding.Ok(subject, seen);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            return Finding.Warning(subject, $"the free space for {machine.Folder} cannot be seen: {e.Message}",
                "see with `df` that there is room");
        }
    }

    private static async Task<Finding> ProgramAsync(
        string subject, string program, string[] arguments, string use, string remedy, CancellationToken cancellation)
    {
        using var late = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        late.CancelAfter(ProgramTime);
        try
        {
            var end = await new Command(program).WithArguments(arguments).WithValidation(CommandResultValidation.None)
                .ExecuteBufferedAsync(late.Token);
            return end.IsSuccess
                ? Finding.Ok(subject, end.StandardOutput.Trim().Split('\n')[0])
                : Finding.Warning(subject, $"not usable ({end.StandardError.Trim().Split('\n')[^1]}); {use}", remedy);
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            return Finding.Warning(subject, $"{program} does not answer within {ProgramTime.TotalSeconds:0} s; {use}", remedy);
        }
        catch (Win32Exception)
        {
            return Finding.Warning(subject, $"there is no {program}; {use}", remedy);
        }
    }
}
