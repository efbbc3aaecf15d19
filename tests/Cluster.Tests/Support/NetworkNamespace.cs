using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using DistSeq2Seq.Tests.Support;
using Microsoft.Win32.SafeHandles;

namespace DistSeq2Seq.Cluster.Tests.Support;

/// <summary>
/// A Linux network namespace that a test, or a bench, makes for itself: a host of its own with its own interfaces, ports and loopback.
/// It has no way out, neither to this machine's network nor to another namespace, but the links that the test makes.
/// </summary>
internal sealed partial class NetworkNamespace : IDisposable
{
    private const string Prefix = "distseq2seq-test-";
    private const string Folder = "/run/netns";
    private const int CloneNewNet = 0x40000000; // sched.h
    private static int _count;

    private NetworkNamespace(string name) => Name = name;

    /// <summary>Its name, as <c>ip netns</c> shows it.</summary>
    public string Name { get; }

    /// <summary>The file by which other programs join it.</summary>
    public string Path => System.IO.Path.Combine(Folder, Name);

    /// <summary>Makes a namespace whose loopback is up.</summary>
    /// <param name="purpose">Ends its name, for people.</param>
    public static NetworkNamespace Create(string purpose)
    {
        var number = Interlocked.Increment(ref _count).ToString(CultureInfo.InvariantCulture);
        var made = new NetworkNamespace($"{Prefix}{Environment.ProcessId}-{number}-{purpose}");
        Tool.Run("ip", "netns", "add", made.Name);
        try
        {
            made.Ip("link", "set", "lo", "up");
            return made;
        }
        catch
        {
            made.Dispose();
            throw;
        }
    }

    /// <summary>Why no namespaces can be made here; null where they can. Removes those that a killed process left behind.</summary>
    public static string? WhyNot()
    {
        if (!OperatingSystem.IsLinux())
            return "network namespaces are Linux's";
        if (!Environment.IsPrivilegedProcess)
            return "network namespaces need root";
        if (!Tool.Exists("ip"))
            return "the program ip is not on PATH (Debian's package iproute2)";
        if (!Tool.Exists("unshare") || !Tool.Exists("nsenter"))
            return "unshare and nsenter are not on PATH (Debian's package util-linux)";
        RemoveOrphans();
        try
        {
            using var _ = Create("probe");
            Tool.Run("unshare", "--mount", "--pid", "--fork", "true");
            return null;
        }
        catch (ToolException e)
        {
            return $"namespaces are not permitted here: {e.Message}";
        }
    }

    /// <summary>Runs <c>ip</c> with these arguments within the namespace.</summary>
    public void Ip(params string[] arguments) => Tool.Run("ip", ["-n", Name, .. arguments]);

    /// <summary>Runs a program, such as <c>tc</c>, within the namespace.</summary>
    public string Run(string program, params string[] arguments) => Tool.Run("ip", ["netns", "exec", Name, program, .. arguments]);

    /// <summary>A TCP socket of this namespace, whichever the process and its threads are in.</summary>
    public Socket OpenSocket()
    {
        Socket? socket = null;
        Exception? failure = null;
        // A socket belongs for ever to the namespace that its thread was in, and only this thread moves.
        var thread = new Thread(() =>
        {
            try
            {
                using var file = File.OpenHandle(Path);
                if (SetNamespace(file, CloneNewNet) != 0)
                    throw new InvalidOperationException($"{Path} cannot be entered: {Marshal.GetLastPInvokeErrorMessage()}");
                socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            }
            catch (Exception e)
            {
                failure = e;
            }
        });
        thread.Start();
        thread.Join();
        return socket ?? throw new InvalidOperationException($"no socket in {Name}", failure);
    }

    /// <summary>Lets a client of HTTP or gRPC call addresses as this namespace reaches them.</summary>
    public SocketsHttpHandler NewHttpHandler() => new()
    {
        UseProxy = false,
        ConnectCallback = async (context, cancellation) =>
        {
            var socket = OpenSocket();
            try
            {
                await socket.ConnectAsync(IPAddress.Parse(context.DnsEndPoint.Host), context.DnsEndPoint.Port, cancellation);
                return new NetworkStream(socket, ownsSocket: true);
            }
            catch
            {
                socket.Dispose();
                throw;
            }
        },
    };

    /// <summary>Removes it, with its interfaces, once its last process has ended.</summary>
    public void Dispose() => Tool.Run("ip", "netns", "delete", Name);

    // A name carries the process that made it: what a dead one left is nobody's.
    private static void RemoveOrphans()
    {
        if (!Directory.Exists(Folder))
            return;
        foreach (var name in Directory.GetFiles(Folder, Prefix + "*").Select(System.IO.Path.GetFileName))
            if (!Directory.Exists($"/proc/{name![Prefix.Length..].Split('-')[0]}"))
                Tool.Run("ip", "netns", "delete", name);
    }

    [LibraryImport("libc", EntryPoint = "setns", SetLastError = true)]
    private static partial int SetNamespace(SafeFileHandle file, int kind);
}
