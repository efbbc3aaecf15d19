using Grpc.Core;
using Grpc.Net.Client;
using Xunit;

namespace DistSeq2Seq.Engines.Tests.Grpc;

/// <summary>Channels, how they are made and how long they last, and the rules of metadata.</summary>
public sealed class ChannelTests
{
    [Fact]
    public void ForAddress_ContradictingOptions_Throws()
    {
        Assert.Throws<InvalidOperationException>(() => GrpcChannel.ForAddress(
            "https://localhost:1", new GrpcChannelOptions { Credentials = ChannelCredentials.Insecure }));
        Assert.Throws<InvalidOperationException>(() => GrpcChannel.ForAddress(
            "http://localhost:1", new GrpcChannelOptions { Credentials = ChannelCredentials.SecureSsl }));
        Assert.Throws<ArgumentException>(() => GrpcChannel.ForAddress(
            "http://localhost:1",
            new GrpcChannelOptions { HttpClient = new HttpClient(), HttpHandler = new SocketsHttpHandler() }));
    }

    [Fact]
    public async Task ForAddress_InsecureCredentialsOrHttpClient_Works()
    {
        await using ProbeServer server = await ProbeServer.StartAsync();
        using var http = new HttpClient();
        GrpcChannelOptions[] ways =
        [
            new() { Credentials = ChannelCredentials.Insecure },
            new() { HttpClient = http },
        ];

        foreach (GrpcChannelOptions options in ways)
        {
            GrpcChannel channel = GrpcChannel.ForAddress(server.Address, options);
            Assert.Equal(server.Address.Authority, channel.Target);
            Assert.Equal("hi", (await new Probe.ProbeClient(channel).SayAsync(new Ask { Text = "hi" })).Text);
            await channel.ShutdownAsync();
            channel.Dispose();
            Assert.Throws<ObjectDisposedException>(channel.CreateCallInvoker);
        }
    }

    [Fact]
    public async Task Channel_ServerStartsAnew_ConnectsAgain()
    {
        string folder = Directory.CreateTempSubdirectory("grpc-test").FullName;
        string socket = Path.Combine(folder, "s");
        try
        {
            await using ProbeServer first = await ProbeServer.StartAsync(socket: socket);
            Assert.Equal("1", (await first.Client.SayAsync(new Ask { Text = "1" })).Text);
            await first.StopAsync();
            RpcException gone = await Assert.ThrowsAsync<RpcException>(
                () => first.Client.SayAsync(new Ask { Text = "2" }).ResponseAsync);
            Assert.Equal(StatusCode.Unavailable, gone.StatusCode);

            await using ProbeServer second = await ProbeServer.StartAsync(socket: socket);
            Assert.Equal("3", (await first.Client.SayAsync(new Ask { Text = "3" })).Text);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public void Metadata_KeysAndValues_FollowTheirRules()
    {
        var metadata = new Metadata { { "Key", "1" }, { "key", "2" }, { "bytes-bin", [1, 2] } };

        Assert.Equal("2", metadata.GetValue("KEY"));
        Assert.Equal(["1", "2"], metadata.GetAll("key").Select(entry => entry.Value));
        Assert.Equal([1, 2], metadata.Get("bytes-bin")!.ValueBytes);
        Assert.Equal("2"u8.ToArray(), metadata.GetValueBytes("key")!);
        Assert.Throws<InvalidOperationException>(() => metadata.GetValue("bytes-bin"));
        Assert.Throws<ArgumentException>(() => metadata.Add("with space", "1"));
        Assert.Throws<ArgumentException>(() => metadata.Add("text-bin", "1"));
        Assert.Throws<ArgumentException>(() => metadata.Add("bytes", [1]));
        Assert.Throws<InvalidOperationException>(() => Metadata.Empty.Add("key", "1"));
    }
}
