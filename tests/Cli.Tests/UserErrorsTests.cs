using System.CommandLine;
using DistSeq2Seq.Cli.Tests.Kubernetes;
using DistSeq2Seq.Configuration;
using DistSeq2Seq.Protocol;
using Xunit;

namespace DistSeq2Seq.Cli.Tests;

public sealed class UserErrorsTests
{
    public static TheoryData<Exception, int> Failures => new()
    {
        { new ConfigurationException("training.seed is x"), ExitCodes.BadInput },
        { new InputException("--address 'x' is no address"), ExitCodes.BadInput },
        { new TroubleException("no coordinator answers"), ExitCodes.Failure },
        { new IOException("No space left on device"), ExitCodes.Failure },
    };

    [Theory]
    [MemberData(nameof(Failures))]
    public async Task SetWork_ExceptionForTheUser_IsOneLineAndItsCode(Exception failure, int code)
    {
        var command = new Command("fail");
        command.SetWork((_, _) => throw failure);
        using var error = new StringWriter();

        var seen = await command.Parse([])
            .InvokeAsync(new InvocationConfiguration { Error = error, EnableDefaultExceptionHandler = false });

        Assert.Equal((code, $"error: {failure.Message}\n"), (seen, error.ToString()));
    }

    [Fact]
    public async Task SetWork_AnyOtherException_IsADefectAndIsNotHidden()
    {
        var command = new Command("fail");
        command.SetWork((_, _) => throw new InvalidOperationException("a defect"));

        await Assert.ThrowsAsync<InvalidOperationException>(() =>
            command.Parse([]).InvokeAsync(new InvocationConfiguration { EnableDefaultExceptionHandler = false }));
    }

    /// <summary>A verb with an action of its own would have a convention of its own.</summary>
    [Fact]
    public void Verbs_AllTakeTheirActionFromSetWork()
    {
        var source = Path.Combine(ReferenceFolder.Repository, "src", "Cli");
        var own = Directory.EnumerateFiles(source, "*.cs", SearchOption.AllDirectories)
            .Where(file => !file.EndsWith("UserErrors.cs", StringComparison.Ordinal) && !file.Contains("/obj/", StringComparison.Ordinal))
            .Where(file => File.ReadAllText(file).Contains(".SetAction(", StringComparison.Ordinal));

        Assert.Empty(own);
    }
}
