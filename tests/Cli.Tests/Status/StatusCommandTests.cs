using System.CommandLine;
using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using DistSeq2Seq.Cli.Status;
using DistSeq2Seq.Coordinator.Hosting;
using DistSeq2Seq.Coordinator.RunFolders;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Xunit;

namespace DistSeq2Seq.Cli.Tests.Status;

public sealed class StatusCommandTests
{
    // Written by hand after monitor.proto, with a field that this program does not know.
    private const string Training = """
        {"run_id":"r1","run_folder":"runs/[quick]","state":"training","message":"all well","step":1234,"total_steps":4000,"epoch":3,
        "max_epochs":10,"loss":1.51238,"learning_rate":0.0005,"tokens_per_second":18250.5,"remaining_seconds":561.2,
        "last_checkpoint_step":1200,"of_tomorrow":[1],
        "validations":[{"step":1000,"loss":1.75,"bleu":-1}],"workers":[
        {"worker_id":"b","state":"spare","rank":-1,"host":"node-b","process_id":12},
        {"worker_id":"a","state":"training","rank":0,"host":"node-a","process_id":4101,"first_micro_batch":0,"end_micro_batch":8,
        "step":1233,"compute_seconds":0.142,"exchange_seconds":0.021,"wait_seconds":0.004}]}
        """;

    [Fact]
    public async Task Status_OfATraining_ShowsRunAndWorkers()
    {
        await using var server = await ServerAsync("application/json", Training);
        var (code, output, error) = await RunAsync("--address", server.Urls.First());
        Assert.Equal((0, ""), (code, error));
        var lines = output.Split('\n').Select(line => string.Join(' ', line.Split([' ', '│'], StringSplitOptions.RemoveEmptyEntries)))
            .ToList();
        Assert.Equal(
            [
                "Run runs/[quick]", "State training: all well", "Step 1,234 of 4,000 (30.8 %)", "Epoch 3 of 10", "Loss 1.512",
                "Learning rate 0.0005", "Validation 1.75 at step 1,000", "Tokens/s 18,250", "Time left 9 min 21 s", "Checkpoint step 1,200",
            ],
            lines.Take(10));
        var member = lines.IndexOf("0 node-a/4101 training 1,233 0-7 0.142 s 0.021 s 0.004 s");
        var spare = lines.IndexOf("- node-b/12 spare 0 none 0.000 s 0.000 s 0.000 s");
        Assert.True(10 < member && member < spare, output);
        Assert.DoesNotContain('\u001b', output);
    }

    [Fact]
    public async Task Status_BeforeTheFirstStep_SaysWhatIsNotKnown()
    {
        await using var server = await ServerAsync("application/json",
            """{"state":"waiting","message":"","remaining_seconds":-1,"loss":"NaN"}""");
        var (code, output, error) = await RunAsync("--address", server.Urls.First()["http://".Length..]);
        Assert.Equal((0, ""), (code, error));
        Assert.Contains("No worker has joined yet.", output);
        Assert.Matches(@"Loss\s+not known yet", output);
        Assert.Matches(@"Time left\s+not known yet", output);
        Assert.Matches(@"Checkpoint\s+none yet", output);
    }

    [Fact]
    public async Task Status_AsJson_IsTheCoordinatorsOwn()
    {
        await using var server = await ServerAsync("application/json", Training);
        Assert.Equal((0, Training + "\n", ""), await RunAsync("--address", server.Urls.First() + "/", "--json"));
    }

    [Fact]
    public async Task Status_OfARunFolder_AsksTheCoordinatorThatWroteItsAddressThere()
    {
        await using var server = await ServerAsync("application/json", Training);
        var run = Directory.CreateTempSubdirectory("distseq2seq-test-").FullName;
        try
        {
            var (code, _, error) = await RunAsync("--run", run);
            Assert.Equal(2, code);
            Assert.StartsWith($"error: {run}/coordinator.json cannot be read (", error);
            Assert.Contains("--run takes the folder of a run whose coordinator has been started", error);

            await File.WriteAllTextAsync(Path.Combine(run, "coordinator.json"),
                JsonSerializer.Serialize(new CoordinatorEndpoints("127.0.0.1:1", "http://127.0.0.1:2", server.Urls.First(), 3)));
            Assert.Equal((0, Training + "\n", ""), await RunAsync("--run", run, "--json"));
        }
        finally
        {
            Directory.Delete(run, recursive: true);
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Status_NobodyThere_EndsWithOneLineAndCode1(bool json)
    {
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        var address = $"http://{taken.LocalEndpoint}";
        taken.Stop();
        var (code, output, error) = await RunAsync(json ? ["--address", address, "--json"] : ["--address", address]);
        Assert.Equal((1, ""), (code, output));
        Assert.StartsWith($"error: no coordinator answers at {address}: ", error);
        Assert.Equal(1, error.Count(c => c == '\n'));
    }

    [Theory]
    [InlineData("text/html", "<html>")]
    [InlineData("application/json", "[1]")]
    [InlineData("application/json", "{\"step\":\"many\"}")]
    public async Task Status_AnotherProgramThere_EndsWithOneLineAndCode1(string type, string text)
    {
        await using var server = await ServerAsync(type, text);
        var (code, output, error) = await RunAsync("--address", server.Urls.First());
        Assert.Equal((1, ""), (code, output));
        Assert.StartsWith($"error: the server at {server.Urls.First()} is no coordinator", error);
        Assert.Equal(1, error.Count(c => c == '\n'));
    }

    [Theory]
    [InlineData("")]
    [InlineData("ftp://host")]
    [InlineData("http://")]
    [InlineData("host:99999")]
    public async Task Status_AddressThatIsNone_EndsWithOneLineAndCode2(string address)
    {
        var (code, output, error) = await RunAsync("--address", address);
        Assert.Equal((2, ""), (code, output));
        Assert.StartsWith($"error: --address '{address}' is no address", error);
        Assert.Equal(1, error.Count(c => c == '\n'));
    }

    private static async Task<WebApplication> ServerAsync(string type, string text)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var app = builder.Build();
        app.MapGet("/api/status", () => Results.Text(text, type));
        await app.StartAsync();
        return app;
    }

    private static async Task<(int Code, string Output, string Error)> RunAsync(params string[] arguments)
    {
        using var output = new StringWriter { NewLine = "\n" };
        using var error = new StringWriter { NewLine = "\n" };
        var code = await StatusCommand.Create().Parse(arguments)
            .InvokeAsync(new InvocationConfiguration { Output = output, Error = error });
        return (code, output.ToString(), error.ToString());
    }
}
