using System.Globalization;
using DistSeq2Seq.Protocol.Exchange;
using DistSeq2Seq.Protocol.Plans;
using Grpc.Core;
using Grpc.Net.Client;
using Xunit;

namespace DistSeq2Seq.Exchange.Tests;

/// <summary>What an owner must not take; the others fail cleanly, and the next generation works.</summary>
public class PoisonTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    public static TheoryData<string, string> Poisons => new()
    {
        { "generation", "worker worker-1 sent a chunk of generation 8 on a stream of generation 9" },
        { "offset", "worker worker-1 sent 400 elements from 13, which is no chunk of this owner" },
        { "length", "worker worker-1 sent 399 elements from 0, which is no chunk of this owner" },
        { "node", "worker worker-1 sent the sum of micro-batches 0 to 3" },
        { "part of its node", "worker worker-1 sent the sum of micro-batches 4 to 4" },
        { "beyond the tree", "worker worker-1 sent the sum of" },
        { "type", "worker worker-1 sent elements from 0 as Bfloat16, but the wire of generation 9 is Float32 (cluster.wire)" },
        { "checksum", "worker worker-1 sent elements from 0 with checksum 00000001, but they arrived with" },
        { "old step", "worker worker-1 sent step 1 of elements from 0 while step 2 is being summed" },
        { "skipped step", "worker worker-1 sent step 3 of elements from 0 while step 2 is being summed" },
    };

    [Theory]
    [MemberData(nameof(Poisons))]
    public async Task Frame_Poisoned_IsRefusedNamingItsSenderAndTheNextGenerationWorks(string poison, string reason)
    {
        await using var group = await ExchangeGroup.StartAsync(2, star: true);
        var owner = group.Star!;
        var lost = new TaskCompletionSource<(string Member, string Reason)>();
        owner.Owner.MemberLost += (_, member, why) => lost.TrySetResult((member, why));
        group.Begin(9, sessions: 1);
        var waiting = group.TakeAsync(0, 1); // worker 0 is honest; of worker 1 there is only a raw stream
        using var call = group.Members[1].Channels.To(owner.Address).AsyncDuplexStreamingCall(ExchangeMethods.Reduce, null,
            Headers("worker-1", 9));
        var first = true;
        foreach (var frame in Frames(group, poison))
        {
            if (!first)
                // the first has finished its chunk
                Assert.True(await call.ResponseStream.MoveNext(CancellationToken.None).WaitAsync(Patience));
            await call.RequestStream.WriteAsync(frame);
            first = false;
        }

        var error = await Assert.ThrowsAsync<RpcException>(() => DrainAsync(call.ResponseStream).WaitAsync(Patience));
        Assert.Equal(StatusCode.FailedPrecondition, error.StatusCode);
        Assert.Contains(reason, error.Status.Detail, StringComparison.Ordinal);
        Assert.Equal(1, owner.Owner.Refused);
        Assert.Equal(("worker-1", error.Status.Detail), await lost.Task.WaitAsync(Patience));

        group.Sessions[0].Cancel(); // as the coordinator's regrouping does
        await Assert.ThrowsAsync<OperationCanceledException>(() => waiting.WaitAsync(Patience));
        await group.EndAsync(10);
        group.Begin(10);
        await group.StepAsync(1);
    }

    [Fact]
    public async Task Stream_OfAStaleGeneration_IsRefusedAndCounted()
    {
        await using var group = await ExchangeGroup.StartAsync(1, star: true);
        group.Begin(5);
        var stale = new ExchangeSession(new MemberPlan(4, "worker-0", group.Map, [group.Star!.Address]), group.Members[0].Owner,
            group.Members[0].Channels);
        var error = await FailureOf(stale);
        Assert.Contains("worker worker-0 comes with generation 4, but generation 5 has begun; it is stale", error.Reason,
            StringComparison.Ordinal);
        Assert.Equal(group.Star.Address, error.Peer);
        Assert.Equal(1, group.Star.Owner.Refused);
        await stale.DisposeAsync();
        await group.StepAsync(1); // the generation in progress is unharmed
    }

    [Fact]
    public async Task Stream_OfAStranger_IsRefusedAndCounted()
    {
        await using var group = await ExchangeGroup.StartAsync(1, star: true);
        group.Begin(5);
        var stranger = new ExchangeSession(new MemberPlan(5, "mallory", group.Map, [group.Star!.Address]), group.Members[0].Owner,
            group.Members[0].Channels);
        Assert.Contains("worker mallory is no member of generation 5", (await FailureOf(stranger)).Reason, StringComparison.Ordinal);
        Assert.Equal(1, group.Star.Owner.Refused);
        await stranger.DisposeAsync();
        await group.StepAsync(1);
    }

    [Fact]
    public async Task Stream_OfAMemberThatHasOne_IsRefused()
    {
        await using var group = await ExchangeGroup.StartAsync(1, star: true);
        group.Begin(5);
        await group.StepAsync(1);
        var second = new ExchangeSession(new MemberPlan(5, "worker-0", group.Map, [group.Star!.Address]), group.Members[0].Owner,
            group.Members[0].Channels);
        Assert.Contains("worker-0 has a stream of generation 5 already", (await FailureOf(second)).Reason, StringComparison.Ordinal);
        await second.DisposeAsync();
        await group.StepAsync(2);
    }

    [Fact]
    public async Task Stream_WithoutAGeneration_IsRefusedAndCounted()
    {
        await using var node = await ExchangeNode.StartAsync("owner");
        using var call = node.Channels.To(node.Address).AsyncDuplexStreamingCall(ExchangeMethods.Reduce, null,
            new CallOptions([new("worker-id", "w"), new("generation", "x")]));
        var error = await Assert.ThrowsAsync<RpcException>(() => call.ResponseStream.MoveNext(CancellationToken.None).WaitAsync(Patience));
        Assert.Equal(StatusCode.InvalidArgument, error.StatusCode);
        Assert.Equal(1, node.Owner.Refused);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Message_ThatCannotBeRead_IsRefusedNamingItsSender(bool tooLarge)
    {
        await using var group = await ExchangeGroup.StartAsync(1, star: true);
        group.Begin(7, sessions: 0);
        // A channel without the project's limits and marshaller, which lets anything out.
        using var channel = GrpcChannel.ForAddress(group.Star!.Address);
        var method = new Method<byte[], byte[]>(MethodType.DuplexStreaming, ExchangeMethods.Reduce.ServiceName, ExchangeMethods.Reduce.Name,
            Marshallers.Create<byte[]>(b => b, b => b), Marshallers.Create<byte[]>(b => b, b => b));
        using var call = channel.CreateCallInvoker().AsyncDuplexStreamingCall(method, null, Headers("worker-0", 7));
        var writing = call.RequestStream.WriteAsync(tooLarge ? new byte[PeerChannels.MaxMessageBytes + 1] : [0x08]);
        var error = await Assert.ThrowsAsync<RpcException>(() => call.ResponseStream.MoveNext(CancellationToken.None).WaitAsync(Patience));
        Assert.Contains("worker worker-0 sent a message that cannot be read", error.Status.Detail, StringComparison.Ordinal);
        Assert.Equal(1, group.Star.Owner.Refused);
        await writing.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
    }

    private static CallOptions Headers(string worker, long generation) =>
        new([new("worker-id", worker), new("generation", generation.ToString(CultureInfo.InvariantCulture))]);

    private static async Task DrainAsync(IAsyncStreamReader<TensorFrame> responses)
    {
        while (await responses.MoveNext(CancellationToken.None))
            responses.Current.Release();
    }

    private static async Task<ExchangeFailedException> FailureOf(ExchangeSession session)
    {
        // The refusal may come before the step begins or after.
        return await Assert.ThrowsAsync<ExchangeFailedException>(() => Task.Factory.StartNew(
            () =>
            {
                session.BeginStep(1, new float[5000]);
                session.Wait();
            },
            TaskCreationOptions.LongRunning).WaitAsync(Patience));
    }

    /// <summary>What a broken or hostile worker 1, whose range is micro-batches 4 to 7, might send.</summary>
    private static IEnumerable<TensorFrame> Frames(ExchangeGroup group, string poison)
    {
        var (own, chunk) = (new TreeNode(2, 1), group.Map.Chunks[0]);
        TensorFrame Frame(TreeNode node, long generation = 9, long step = 1, long offset = 0, int length = 400, uint? checksum = null)
        {
            var payload = RandomFloats.Of(length, 1);
            return new TensorFrame(payload)
            {
                Generation = generation,
                Step = step,
                Node = node,
                Offset = offset,
                Checksum = checksum ?? TensorFrame.ChecksumOf(payload),
            };
        }

        Assert.Equal((0, 400), (chunk.Offset, chunk.Length));
        switch (poison)
        {
            case "generation": yield return Frame(own, generation: 8); break;
            case "offset": yield return Frame(own, offset: 13); break;
            case "length": yield return Frame(own, length: 399); break;
            case "node": yield return Frame(new TreeNode(2, 0)); break;
            case "part of its node": yield return Frame(new TreeNode(0, 4)); break;
            case "beyond the tree": yield return Frame(new TreeNode(2, 1 << 30)); break;
            case "type": yield return Frame(own).Into(ElementType.Bfloat16).Sealed(); break;
            case "checksum": yield return Frame(own, checksum: 1); break;
            case "old step":
                yield return Frame(own); // with worker 0's part this finishes the chunk
                yield return Frame(own);
                break;
            case "skipped step":
                yield return Frame(own);
                yield return Frame(own, step: 3);
                break;
        }
    }
}
