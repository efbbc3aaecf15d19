using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using DistSeq2Seq.Cli.Launch;
using DistSeq2Seq.Cli.Tests.Kubernetes;
using DistSeq2Seq.Tests.Support;

namespace DistSeq2Seq.Cluster.Tests.Support.Pods;

/// <summary>
/// A pod of a <see cref="PodCluster"/>: the rendered command as process 1 of its own namespaces, as the user and with the
/// file system (read-only but for the volumes) that the manifest says.
/// </summary>
internal sealed class Pod : IRunProcess, IDisposable
{
    private const string ProgramFolder = "/app";
    private readonly string _folder;
    private readonly StringBuilder _log = new();
    private readonly string _user;
    private Process? _process;

    public Pod(PodCluster cluster, IReadOnlyList<KubernetesObject> objects, KubernetesObject workload, int ordinal, NetworkHost host,
        string folder)
    {
        (Host, _folder, Workload, Ordinal) = (host, folder, workload, ordinal);
        Name = string.Create(CultureInfo.InvariantCulture, $"{workload.Name}-{ordinal}");
        DnsName = $"{Name}.{workload.Json["spec"]!["serviceName"]}.{cluster.Space}.svc";
        Command = PodProcess.Of(objects, workload.Component!, ordinal, cluster.Space, host.Address.ToString());
        _user = workload.PodTemplate!["spec"]!["securityContext"]!["runAsUser"]!.ToString();
        Probes = new PodProbes(this, cluster.Network.Switch);
    }

    /// <summary>Its StatefulSet.</summary>
    public KubernetesObject Workload { get; }

    /// <summary>Its number, from 0.</summary>
    public int Ordinal { get; }

    /// <summary>The pod's name.</summary>
    public string Name { get; }

    /// <summary>Its name in DNS.</summary>
    public string DnsName { get; }

    /// <summary>Its place in the network.</summary>
    public NetworkHost Host { get; }

    /// <summary>The process that the manifest describes.</summary>
    public PodProcess Command { get; }

    /// <summary>The probes of its manifest.</summary>
    public PodProbes Probes { get; }

    /// <summary>What it mounts.</summary>
    public IReadOnlyList<PodMount> Volumes { get; private set; } = [];

    /// <summary>Whether its process has ended.</summary>
    public bool HasExited => ExitCode is not null;

    /// <inheritdoc/>
    public int? ExitCode => _process is { HasExited: true } ? _process.ExitCode : null;

    /// <inheritdoc/>
    public event Action<string>? Signalled;

    /// <inheritdoc/>
    public Func<string>? Explanation { get; set; }

    private string MountsFile => Path.Combine(_folder, "mounts");

    private string PidFile => MountsFile + ".pid"; // pod.sh writes it

    /// <summary>What its process wrote, to standard error as well.</summary>
    public string Output
    {
        get
        {
            lock (_log)
                return _log.ToString();
        }
    }

    /// <inheritdoc/>
    public string Error => "";

    /// <summary>Starts the process.</summary>
    /// <param name="hosts">File of host names.</param>
    /// <param name="volumes">Its volumes.</param>
    public void Start(string hosts, IReadOnlyList<PodMount> volumes)
    {
        // …/shared/Microsoft.NETCore.App/10.0.0
        var dotnet = Path.GetFullPath(Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "..", "..", ".."));
        Volumes = volumes;
        var root = Directory.CreateDirectory(Path.Combine(_folder, "root")).FullName;
        PodMount[] all =
        [
            new(AppContext.BaseDirectory.TrimEnd('/'), ProgramFolder, true), new(dotnet, dotnet, true),
            new(hosts, "/etc/hosts", true), .. volumes,
        ];
        File.WriteAllLines(MountsFile, all.Select(mount => $"{mount.Source}\t{mount.Target}\t{(mount.ReadOnly ? "ro" : "rw")}"));
        // What the image sets (deploy/docker/Dockerfile), then what the manifest does.
        string[] environment =
        [
            "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "HOME=/", $"DOTNET_ROOT={dotnet}",
            "ASPNETCORE_HTTP_PORTS=",
            .. Command.Environment.Select(variable => $"{variable.Key}={variable.Value}"),
        ];
        string[] program = Command.Command is { Count: > 0 } command ? [.. command] : [$"{ProgramFolder}/distseq2seq"];
        var scripts = Path.Combine(AppContext.BaseDirectory, "Support", "Pods");
        var start = new ProcessStartInfo("/bin/sh",
        [
            Path.Combine(scripts, "lifeline.sh"), PidFile, "nsenter", $"--net={Host.Namespace.Path}", "--", "unshare", "--mount", "--uts",
            "--ipc", "--pid", "--fork", "--kill-child", "--",
            "/bin/sh", Path.Combine(scripts, "pod.sh"), root, Name, MountsFile, _user,
            .. environment, .. program, .. Command.Arguments,
        ])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        _process = new Process { StartInfo = start };
        _process.OutputDataReceived += (_, line) => Keep(line.Data);
        _process.ErrorDataReceived += (_, line) => Keep(line.Data);
        _process.Start();
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    /// <summary>SIGKILL to the pod's process, as when its node runs out of memory.</summary>
    public void Kill()
    {
        End();
        Signalled?.Invoke(Signals.NameOf(Signals.Kill));
    }

    /// <summary>SIGTERM to the pod's process: how Kubernetes deletes a pod.</summary>
    public void Terminate()
    {
        Signal("TERM");
        Signalled?.Invoke(Signals.NameOf(Signals.Terminate));
    }

    /// <inheritdoc/>
    public async Task<int> WaitAsync(TimeSpan? atMost = null)
    {
        using var patience = new CancellationTokenSource(atMost ?? Patience.Long);
        try
        {
            await _process!.WaitForExitAsync(patience.Token);
        }
        catch (OperationCanceledException)
        {
            throw new TimeoutException($"pod {Name} has not ended within {atMost ?? Patience.Long}\n{Explanation?.Invoke()}");
        }

        return _process.ExitCode;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_process is null)
            return;
        // The first process takes all others of its namespace with it.
        while (!_process.HasExited && ProgramId() is null)
            Thread.Sleep(1);
        if (!_process.HasExited)
            End();
        _process.Dispose();
    }

    private void End()
    {
        Signal("KILL");
        _process!.WaitForExit();
    }

    private void Signal(string name)
    {
        var program = ProgramId() ?? throw new InvalidOperationException($"pod {Name} has no process yet");
        Tool.Run("kill", $"-{name}", program.ToString(CultureInfo.InvariantCulture));
    }

    /// <summary>The number outside of what is process 1 inside; null before it is one.</summary>
    private int? ProgramId() =>
        File.Exists(PidFile) && File.ReadAllText(PidFile) is { Length: > 0 } text && text[^1] == '\n'
        ? int.Parse(text, CultureInfo.InvariantCulture) : null;

    private void Keep(string? line)
    {
        if (line is null)
            return;
        lock (_log)
            _log.Append(line).Append('\n');
    }
}
