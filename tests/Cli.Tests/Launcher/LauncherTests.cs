using System.Runtime.Versioning;
using CliWrap.Buffered;
using Xunit;

namespace DistSeq2Seq.Cli.Tests.Launcher;

/// <summary>The script <c>dist</c> itself.</summary>
[SupportedOSPlatform("linux")]
public sealed class LauncherTests : IDisposable
{
    private const string Restore = "dotnet restore --locked-mode -p:TorchDevice=cpu --nologo -v quiet";

    private const string Build = "dotnet build -c Release --no-restore -p:TorchDevice=cpu --nologo -v quiet";

    private readonly Checkout _checkout = new();

    [Fact]
    public async Task Run_OnAFreshCheckout_BuildsKernelsThenTheLockedProgram_AndGivesItsArguments()
    {
        var end = await _checkout.RunAsync(["translate", "--input", "two words"]);
        Assert.Equal((0, $"ran translate --input two words in {_checkout.Root}\n"), (end.ExitCode, end.StandardOutput));
        Assert.Equal(["kernels", Restore, Build], _checkout.Built);
    }

    [Fact]
    public async Task Run_ThroughASymlinkWithCdPath_FindsItsCheckout_AndStaysWhereItWasCalled()
    {
        var folder = Path.Combine(_checkout.Root, "..", "elsewhere");
        Directory.CreateDirectory(Path.Combine(folder, "tools"));
        var link = Path.Combine(folder, "tools", "dist");
        File.CreateSymbolicLink(link, "../../checkout/dist");
        var end = await _checkout.RunAsync(["status"], "tools/dist", folder,
            new Dictionary<string, string?> { ["CDPATH"] = $"{folder}:{_checkout.Root}/src" });
        Assert.Equal((0, $"ran status in {Path.GetFullPath(folder)}\n"), (end.ExitCode, end.StandardOutput));
        Assert.Equal(3, _checkout.Built.Length);
    }

    [Fact]
    public async Task Run_WithNothingToBuild_WritesNothing()
    {
        await _checkout.RunAsync(["status"]);
        var before = _checkout.Listing;
        File.SetLastWriteTimeUtc(Path.Combine(_checkout.Root, "src/Cli/Program.cs"), DateTime.UtcNow); // as a copy or a clone has it
        var end = await _checkout.RunAsync(["status"]);
        Assert.Equal((0, ""), (end.ExitCode, end.StandardError));
        Assert.Equal(3, _checkout.Built.Length);
        Assert.Equal(before.Where(line => !line.Contains("Program.cs")), _checkout.Listing.Where(line => !line.Contains("Program.cs")));
    }

    [Fact]
    public async Task Run_OfAReadOnlyCheckoutByAnotherUser_WorksOnceItIsBuilt()
    {
        await _checkout.RunAsync(["status"]);
        _checkout.MakeReadOnly();
        var end = await _checkout.RunAsync(["status"], asNobody: true);
        Assert.Equal((0, $"ran status in {_checkout.Root}\n", ""), (end.ExitCode, end.StandardOutput, end.StandardError));
        Assert.Equal(3, _checkout.Built.Length);
    }

    [Fact]
    public async Task Run_OfAReadOnlyCheckoutThatIsNotBuilt_SaysWhoHasToBuildIt()
    {
        _checkout.MakeReadOnly();
        var end = await _checkout.RunAsync(["status"], asNobody: true);
        Assert.Equal(1, end.ExitCode);
        Assert.Matches($"^dist: {_checkout.Root} is not built for its present sources, and .+ may not write there: let its owner run "
            + ".*/dist doctor\n$", end.StandardError);
    }

    [Fact]
    public async Task Run_AfterAChange_BuildsWhatItConcerns()
    {
        await _checkout.RunAsync(["status"]);
        _checkout.Write("src/Cli/Program.cs", "changed");
        await _checkout.RunAsync(["status"]);
        Assert.Equal([Restore, Build], _checkout.Built[3..]);
        _checkout.Write("native/kernels/lstm.cpp", "changed");
        await _checkout.RunAsync(["status"]);
        Assert.Equal(["kernels", Restore, Build], _checkout.Built[5..]);
    }

    [Fact]
    public async Task Run_TwiceAtOnce_BuildsOnce()
    {
        var ends = await Task.WhenAll(_checkout.RunAsync(["status"]), _checkout.RunAsync(["status"]));
        Assert.All(ends, end => Assert.Equal((0, $"ran status in {_checkout.Root}\n"), (end.ExitCode, end.StandardOutput)));
        Assert.Equal(3, _checkout.Built.Length);
    }

    [Fact]
    public async Task Run_AfterABuildThatLeftAProcessBehind_IsNotHeldUp()
    {
        // As the compiler's server, which lives on for minutes.
        var number = Path.Combine(_checkout.Root, "number");
        File.CreateSymbolicLink(Path.Combine(_checkout.Root, "../bin/sleep"), "/bin/sleep");
        _checkout.Write("native/kernels/build.sh", $"sleep 600 >/dev/null 2>&1 &\necho $! > {number}\nmkdir -p "
            + $"\"${{1%/*}}\"\ntouch \"$1\"\n");
        await _checkout.RunAsync(["status"]);
        using var left = System.Diagnostics.Process.GetProcessById(int.Parse(File.ReadAllText(number)));
        try
        {
            _checkout.Write("src/Cli/Program.cs", "changed");
            Assert.Equal(0, (await _checkout.RunAsync(["status"])).ExitCode);
            Assert.False(left.HasExited);
        }
        finally
        {
            left.Kill();
        }
    }

    [Theory]
    [InlineData("uname", "[ $1 = -s ] && echo Darwin || echo arm64", "this is Darwin on arm64;")]
    [InlineData("uname", "[ $1 = -s ] && echo Linux || echo aarch64", "this is Linux on aarch64;")]
    [InlineData("getconf", "echo glibc 2.31", "this system's C library is glibc 2.31;")]
    [InlineData("getconf", "exit 1", "this system's C library is musl;")]
    public async Task Run_WhereLibtorchHasNoPackage_SaysSoInOneLine(string program, string script, string seen)
    {
        _checkout.Fake(program, script);
        _checkout.Fake("ldd", "echo 'musl libc (x86_64)' >&2; exit 1");
        var end = await _checkout.RunAsync(["train", "examples/quickstart.yaml"]);
        Assert.Equal(1, end.ExitCode);
        Assert.StartsWith($"dist: {seen} libtorch's packages are for Linux on x86_64 with glibc 2.34 or later", end.StandardError);
        Assert.Single(end.StandardError.Trim().Split('\n'));
        Assert.Empty(_checkout.Built);
    }

    [Theory]
    [InlineData("glibc 2.34")]
    [InlineData("glibc 2.43")]
    public async Task Run_WithANewerCLibrary_GoesOn(string library)
    {
        _checkout.Fake("getconf", $"echo {library}");
        Assert.Equal(0, (await _checkout.RunAsync(["status"])).ExitCode);
    }

    [Fact]
    public async Task Run_WithoutACompiler_GoesOnByPlainLayers_AndTakesACompilerThatComes()
    {
        Directory.CreateDirectory(Path.GetDirectoryName(_checkout.Kernels)!);
        File.WriteAllText(_checkout.Kernels, "of older sources");
        _checkout.Remove("g++");
        _checkout.Fake("id", "echo 1000");
        _checkout.Fake("apt-get", "exit 1");
        var end = await _checkout.RunAsync(["status"]);
        Assert.Equal((0, $"ran status in {_checkout.Root}\n"), (end.ExitCode, end.StandardOutput));
        Assert.Contains("sudo apt-get update && sudo apt-get install -y --no-install-recommends g++\n", end.StandardError);
        Assert.Contains("dist: going on without the native kernels, for want of a C++ compiler: plain layers compute the same, slower\n",
            end.StandardError);
        Assert.False(File.Exists(_checkout.Kernels));
        Assert.Equal([Restore, Build], _checkout.Built);

        Assert.Equal("", (await _checkout.RunAsync(["status"])).StandardError);
        _checkout.Fake("g++", "");
        await _checkout.RunAsync(["status"]);
        Assert.Equal(["kernels", Restore, Build], _checkout.Built[2..]);
        Assert.True(File.Exists(_checkout.Kernels));
    }

    [Fact]
    public async Task Run_WithKernelsThatDoNotBuild_GoesOnByPlainLayers()
    {
        _checkout.Write("native/kernels/build.sh", "echo lstm.cpp:1: error >&2\nexit 1\n");
        var end = await _checkout.RunAsync(["status"]);
        Assert.Equal(0, end.ExitCode);
        Assert.Contains("lstm.cpp:1: error\ndist: going on without the native kernels, which did not build (.dist/kernels.log): plain "
            + "layers compute the same, slower.", end.StandardError);
        Assert.Equal("", (await _checkout.RunAsync(["status"])).StandardError);
    }

    [Fact]
    public async Task Run_WithoutIcu_PrintsTheCommandToAUser_AndInstallsItForRoot()
    {
        var calls = Path.Combine(_checkout.Root, "apt");
        _checkout.Fake("apt-get", $"echo \"$*\" >> {calls}");
        _checkout.Fake("dotnet", "case $1 in --version) echo \"Couldn't find a valid ICU package. Please install libicu\" >&2; exit 134 ;; "
            + "*) exit 1 ;; esac");
        _checkout.Fake("id", "echo 1000");
        var end = await _checkout.RunAsync(["status"]);
        Assert.Equal((1, "dist: missing: '^libicu[0-9]+$'. Run this, then the same command again:\n  sudo apt-get update && sudo apt-get "
            + "install -y --no-install-recommends '^libicu[0-9]+$'\n"),
            (end.ExitCode, end.StandardError));
        Assert.False(File.Exists(calls));

        _checkout.Fake("id", "echo 0");
        end = await _checkout.RunAsync(["status"]);
        Assert.Equal(["update -qq", "install -y -qq --no-install-recommends ^libicu[0-9]+$"], File.ReadAllLines(calls));
        Assert.DoesNotContain("could not install", end.StandardError);
    }

    [Theory]
    [InlineData("case $1 in --list-sdks) echo '8.0.404 [/usr/share/dotnet/sdk]'; echo '6.0.428 [/usr/share/dotnet/sdk]' ;; *) exit "
        + "145 ;; esac", "dist: the .NET 10 SDK is missing (the newest here: 8.0.404): https://dotnet.microsoft.com/download\n")]
    [InlineData("exit 145", "dist: the .NET 10 SDK is missing (the newest here: none): https://dotnet.microsoft.com/download\n")]
    [InlineData(null, "dist: the .NET 10 SDK is missing: https://dotnet.microsoft.com/download\n")]
    public async Task Run_WithoutTheSdk_SaysWhereItIs(string? dotnet, string said)
    {
        _checkout.Remove("dotnet");
        if (dotnet is not null)
            _checkout.Fake("dotnet", dotnet);
        var end = await _checkout.RunAsync(["status"]);
        Assert.Equal((1, said), (end.ExitCode, end.StandardError));
    }

    [Theory]
    [InlineData("a.csproj : error NU1004: The packages lock file is inconsistent", "If that is meant: dotnet restore --force-evaluate")]
    [InlineData("a.csproj : error NU1903: Package 'X' has a known high severity vulnerability",
        "the packages could not be restored; the whole log is")]
    public async Task Run_WithPackagesThatAreRefused_SaysWhy(string error, string remedy)
    {
        _checkout.Fake("dotnet", $"case $1 in --version) ;; restore) echo \"{error}\"; exit 1 ;; esac");
        var end = await _checkout.RunAsync(["status"]);
        Assert.Equal(1, end.ExitCode);
        Assert.Contains(error, end.StandardError);
        Assert.Contains(remedy, end.StandardError.Trim().Split('\n')[^1]);
    }

    [Fact]
    public async Task Run_ForAnotherDevice_TakesItsPackages_AndBuildsAgain()
    {
        await _checkout.RunAsync(["status"]);
        await RunFor("cuda");
        Assert.Equal([Restore.Replace(" --locked-mode", "").Replace("cpu", "cuda"), Build.Replace("cpu", "cuda")], _checkout.Built[3..]);
        var end = await RunFor("rocm");
        Assert.Equal((1, "dist: TorchDevice is 'rocm'; it takes cpu or cuda\n"), (end.ExitCode, end.StandardError));
    }

    /// <inheritdoc/>
    public void Dispose() => _checkout.Dispose();

    private Task<BufferedCommandResult> RunFor(string device) =>
        _checkout.RunAsync(["status"], environment: new Dictionary<string, string?> { ["TorchDevice"] = device });
}
