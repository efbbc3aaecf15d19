using DistSeq2Seq.Protocol.Plans;
using Grpc.Core;
using Xunit;

namespace DistSeq2Seq.Exchange.Tests;

/// <summary>Memory that processes of one host share.</summary>
public class SharedSegmentTests
{
    [Fact]
    public void TryOpen_ByName_SeesWhatIsWritten()
    {
        using var segment = SharedSegment.TryCreate(5000)!;
        using var opened = SharedSegment.TryOpen(segment.Name)!;
        var values = RandomFloats.Of(1000, 3);
        segment.Write(3999, values);
        var read = new float[1000];
        opened.Read(3999, read);
        Assert.Equal(values, read);
        Assert.Equal(5000, opened.Elements);
    }

    [Fact]
    public void TryOpen_AfterTheMakerIsGone_StillReads()
    {
        var segment = SharedSegment.TryCreate(10)!;
        using var opened = SharedSegment.TryOpen(segment.Name)!;
        segment.Write(0, [1, 2, 3]);
        segment.Dispose();
        var read = new float[3];
        opened.Read(0, read);
        Assert.Equal([1, 2, 3], read);
        Assert.Null(SharedSegment.TryOpen(segment.Name));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("1/2")]
    [InlineData("../../etc/passwd/2/3/4")]
    [InlineData("x/1/00000000000000000000000000000000/10")]
    [InlineData("4000000/0/00000000000000000000000000000000/10")]
    [InlineData("1/0/00000000000000000000000000000000/9223372036854775807")]
    public void TryOpen_NoSegmentsName_IsNull(string? name) => Assert.Null(SharedSegment.TryOpen(name));

    [Fact]
    public void TryOpen_OtherIdentityOrSize_IsNull()
    {
        using var segment = SharedSegment.TryCreate(10)!;
        var parts = segment.Name.Split('/');
        Assert.Null(SharedSegment.TryOpen($"{parts[0]}/{parts[1]}/{Guid.NewGuid():N}/{parts[3]}"));
        Assert.Null(SharedSegment.TryOpen($"{parts[0]}/{parts[1]}/{parts[2]}/11"));
    }

    [Theory]
    [InlineData(-1, 1)]
    [InlineData(8, 3)]
    [InlineData(long.MaxValue, 1)]
    public void Write_OutsideTheSegment_Throws(long at, int count)
    {
        using var segment = SharedSegment.TryCreate(10)!;
        Assert.Throws<ArgumentOutOfRangeException>(() => segment.Write(at, new float[count]));
    }

    [Fact]
    public void Write_AfterDispose_Throws()
    {
        var segment = SharedSegment.TryCreate(10)!;
        segment.Dispose();
        Assert.Throws<ObjectDisposedException>(() => segment.Write(0, [1]));
    }

    [Theory]
    [InlineData(true, 4900)]
    [InlineData(true, -1)]
    [InlineData(false, 0)]
    public async Task Frame_OutsideTheSendersSegment_IsRefusedNamingItsSender(bool offered, long at)
    {
        await using var group = await ExchangeGroup.StartAsync(1, star: true);
        group.Begin(5, sessions: 0);
        using var segment = SharedSegment.TryCreate(5000)!;
        Metadata headers = [new("worker-id", "worker-0"), new("generation", "5")];
        if (offered)
            headers.Add("shared-memory", segment.Name);
        using var call = group.Members[0].Channels.To(group.Star!.Address).AsyncDuplexStreamingCall(ExchangeMethods.Reduce, null,
            new CallOptions(headers));
        await call.RequestStream.WriteAsync(new TensorFrame(ReadOnlyMemory<float>.Empty)
        {
            Generation = 5,
            Step = 1,
            Node = group.Tree.Root,
            SharedAt = at,
            SharedLength = 400,
        });
        var error = await Assert.ThrowsAsync<RpcException>(() => call.ResponseStream.MoveNext(CancellationToken.None)
            .WaitAsync(TimeSpan.FromMinutes(1)));
        Assert.Contains($"worker worker-0 sent 400 elements at {at} of shared memory", error.Status.Detail, StringComparison.Ordinal);
        Assert.Equal(1, group.Star.Owner.Refused);
    }

    [Fact]
    public async Task Frame_WhoseSenderIsGoneBeforeItIsSummed_IsNotBlamedOnItsSibling()
    {
        await using var group = await ExchangeGroup.StartAsync(2, star: true);
        var lost = new List<string>();
        var first = new TaskCompletionSource();
        group.Star!.Owner.MemberLost += (_, member, _) =>
        {
            lock (lost)
                lost.Add(member);
            first.TrySetResult();
        };
        group.Begin(5, sessions: 1);
        using (var segment = SharedSegment.TryCreate(5000)!)
        using (var call = group.Members[1].Channels.To(group.Star.Address).AsyncDuplexStreamingCall(
            ExchangeMethods.Reduce, null,
            new CallOptions([new("worker-id", "worker-1"), new("generation", "5"), new("shared-memory", segment.Name)])))
        {
            await call.ResponseHeadersAsync.WaitAsync(TimeSpan.FromMinutes(1)); // as a member does: the owner has opened the segment
            await call.RequestStream.WriteAsync(new TensorFrame(ReadOnlyMemory<float>.Empty)
            {
                Generation = 5,
                Step = 1,
                Node = new TreeNode(2, 1),
                SharedAt = 0,
                SharedLength = group.Map.Chunks[0].Length,
            });
        }

        await first.Task.WaitAsync(TimeSpan.FromMinutes(1));
        var waiting = group.TakeAsync(0, 1); // its sibling comes now; the sum cannot be finished
        await Task.WhenAny(waiting, group.UntilSentAsync(0, group.Map.Elements * sizeof(float))).WaitAsync(TimeSpan.FromMinutes(1));
        Assert.False(waiting.IsFaulted, $"{waiting.Exception}");
        lock (lost)
            Assert.Equal(["worker-1"], lost);
        Assert.Equal(0, group.Star.Owner.Refused);
        group.Sessions[0].Cancel();
        await Assert.ThrowsAsync<OperationCanceledException>(() => waiting.WaitAsync(TimeSpan.FromMinutes(1)));
        await group.EndAsync(6);
        group.Begin(6);
        await group.StepAsync(1);
    }

    [Theory]
    [InlineData(true, true)]
    [InlineData(false, false)]
    public async Task Offer_AnsweredWithTheOwnersSegmentIfItCanBeOpened(bool real, bool shared)
    {
        await using var group = await ExchangeGroup.StartAsync(1, star: true);
        group.Begin(5, sessions: 0);
        using var segment = SharedSegment.TryCreate(5000)!;
        var name = real ? segment.Name : $"1/1/{Guid.NewGuid():N}/5000";
        using var call = group.Members[0].Channels.To(group.Star!.Address).AsyncDuplexStreamingCall(
            ExchangeMethods.Reduce, null,
            new CallOptions([new("worker-id", "worker-0"), new("generation", "5"), new("shared-memory", name)]));
        var answer = (await call.ResponseHeadersAsync.WaitAsync(TimeSpan.FromMinutes(1))).GetValue("shared-memory");
        Assert.Equal(shared, answer is not null);
    }
}
