using System.Runtime.Versioning;
using CliWrap;
using CliWrap.Buffered;
using DistSeq2Seq.Cli.Tests.Kubernetes;

namespace DistSeq2Seq.Cli.Tests.Launcher;

/// <summary>
/// A small copy of the repository with the real launcher, and a PATH on which there are the system's own tools and a .NET SDK
/// that only notes what it is asked for. What it would build is there at once, so that each test takes tenths of a second.
/// </summary>
[SupportedOSPlatform("linux")]
internal sealed class Checkout : IDisposable
{
    /// <summary>What the launcher may call; a program that is not among them is not on its PATH.</summary>
    private static readonly string[] Tools =
        ["bash", "sh", "env", "readlink", "dirname", "uname", "getconf", "ldd", "head", "tail", "cat", "cp", "cut", "find", "flock",
            "grep", "id", "mkdir", "rm", "sha256sum", "sort", "xargs", "touch"];

    private static readonly string[] Sources =
    [
        "src/Cli/Program.cs", "build/Task.cs", "deploy/k8s/base.yaml", "native/kernels/lstm.cpp", "Directory.Build.props",
        "Directory.Build.targets", "Directory.Packages.props", ".editorconfig", "global.json",
    ];

    private readonly string _folder = Directory.CreateTempSubdirectory("distseq2seq-launcher-").FullName;

    /// <summary>A checkout that was never built, on a machine with a compiler.</summary>
    public Checkout()
    {
        // Another user has to get in.
        File.SetUnixFileMode(_folder, File.GetUnixFileMode(_folder) | UnixFileMode.OtherRead | UnixFileMode.OtherExecute);
        foreach (var source in Sources)
            Write(source, source);
        File.Copy(Path.Combine(ReferenceFolder.Repository, "dist"), Path.Combine(Root, "dist"));
        Write("native/kernels/build.sh", $"echo kernels >> {Calls}\nmkdir -p \"$(dirname \"$1\")\"\ntouch \"$1\"\n");

        Directory.CreateDirectory(Programs);
        foreach (var tool in Tools)
            File.CreateSymbolicLink(Path.Combine(Programs, tool), FindOnPath(tool));
        Fake("g++", "");
        Fake("dotnet", $$"""
            case "$1" in
              --version) echo 10.0.100 ;;
              *.dll) shift; echo "ran $* in $PWD"; exit ;;
              build) mkdir -p {{Root}}/src/Cli/bin/Release/net10.0; touch {{Root}}/src/Cli/bin/Release/net10.0/distseq2seq.dll ;;
            esac
            echo "dotnet $1 $*" | cut -d' ' -f1,2,5- >> {{Calls}}
            """);
    }

    /// <summary>The folder of the copy.</summary>
    public string Root => Path.Combine(_folder, "checkout");

    /// <summary>The library that the copy's build.sh makes.</summary>
    public string Kernels => Path.Combine(Root, "native/build/libdistseq2seq_kernels.so");

    private string Calls => Path.Combine(_folder, "calls");

    private string Programs => Path.Combine(_folder, "bin");

    /// <summary>What was built, in order: <c>kernels</c>, and the SDK's verbs with their arguments but for the project.</summary>
    public string[] Built => File.Exists(Calls) ? File.ReadAllLines(Calls)
        .Where(line => !line.StartsWith("dotnet --", StringComparison.Ordinal)).ToArray() : [];

    /// <summary>Every file and folder of the copy with its size and time.</summary>
    public string[] Listing => Directory.EnumerateFileSystemEntries(Root, "*", SearchOption.AllDirectories)
        .Select(path => $"{path} {(File.Exists(path) ? new FileInfo(path).Length : 0)} {File.GetLastWriteTimeUtc(path).Ticks}")
        .Order(StringComparer.Ordinal).ToArray();

    /// <summary>Writes a source file.</summary>
    public void Write(string source, string text)
    {
        var path = Path.Combine(Root, source);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, text);
    }

    /// <summary>Puts a shell script on the PATH in place of a program.</summary>
    public void Fake(string program, string script)
    {
        var path = Path.Combine(Programs, program);
        File.Delete(path);
        File.WriteAllText(path, "#!/bin/sh\n" + script);
        File.SetUnixFileMode(path, (UnixFileMode)0b111_101_101);
    }

    /// <summary>Takes a program off the PATH.</summary>
    public void Remove(string program) => File.Delete(Path.Combine(Programs, program));

    /// <summary>Lets nobody write to the copy.</summary>
    public void MakeReadOnly()
    {
        foreach (var path in Directory.EnumerateFileSystemEntries(Root, "*", SearchOption.AllDirectories).Append(Root))
            File.SetUnixFileMode(path,
                File.GetUnixFileMode(path) & ~(UnixFileMode.UserWrite | UnixFileMode.GroupWrite | UnixFileMode.OtherWrite));
    }

    /// <summary>Runs the launcher.</summary>
    /// <param name="launcher">Its path; by default the copy's.</param>
    /// <param name="folder">Where; by default in the copy.</param>
    /// <param name="environment">Variables besides PATH.</param>
    /// <param name="asNobody">As a user who may not do what root may, where the tests run as root.</param>
    /// <param name="arguments">Its arguments.</param>
    public async Task<BufferedCommandResult> RunAsync(
        string[] arguments, string? launcher = null, string? folder = null, IReadOnlyDictionary<string, string?>? environment = null,
        bool asNobody = false)
    {
        launcher ??= Path.Combine(Root, "dist");
        var command = asNobody && Environment.IsPrivilegedProcess
            ? new Command("setpriv").WithArguments(["--reuid=65534", "--regid=65534", "--clear-groups", launcher, .. arguments])
            : new Command("env").WithArguments([launcher, .. arguments]); // finds a launcher that is named relative to the folder
        using var late = new CancellationTokenSource(TimeSpan.FromMinutes(2));
        return await command.WithWorkingDirectory(folder ?? Root).WithValidation(CommandResultValidation.None)
            .WithEnvironmentVariables(new Dictionary<string, string?>(environment ?? new Dictionary<string, string?>())
            {
                ["PATH"] = Programs,
                ["CXX"] = null,
                ["TorchDevice"] = environment?.GetValueOrDefault("TorchDevice"),
            })
            .ExecuteBufferedAsync(late.Token);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var path in Directory.EnumerateDirectories(_folder, "*", SearchOption.AllDirectories))
            File.SetUnixFileMode(path, File.GetUnixFileMode(path) | UnixFileMode.UserWrite);
        Directory.Delete(_folder, recursive: true);
    }

    private static string FindOnPath(string program) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Select(folder => Path.Combine(folder, program))
        .FirstOrDefault(File.Exists)
        ?? throw new InvalidOperationException($"there is no program {program} on PATH; the launcher needs it");
}
