using DistSeq2Seq.Protocol.Exchange;
using DistSeq2Seq.Protocol.Plans;
using Xunit;

namespace DistSeq2Seq.Exchange.Tests;

/// <summary>Members, and with a star one owner more, that exchange gradients of micro-batches over real connections.</summary>
internal sealed class ExchangeGroup : IAsyncDisposable
{
    private readonly int _elements;
    private readonly int _microBatches;

    private ExchangeGroup(ExchangeNode[] members, ExchangeNode? star, int microBatches, int elements) =>
        (Members, Star, _microBatches, _elements) = (members, star, microBatches, elements);

    public ExchangeNode[] Members { get; }

    public ExchangeNode? Star { get; }

    public SummationTree Tree => new(_microBatches);

    public ExchangeSession[] Sessions { get; private set; } = [];

    /// <summary>Whether sums go through shared memory.</summary>
    public bool SharedMemory { get; init; } = true;

    /// <summary>How gradients travel.</summary>
    public ElementType Wire { get; init; }

    /// <summary>Elements of a row of which most micro-batches have nothing, as of an embedding; 0: every number is of its own.</summary>
    public int RowElements { get; init; }

    public IReadOnlyList<MicroBatchRange> Ranges { get; private set; } = [];

    public ShardMap Map { get; private set; } = null!;

    /// <summary>Nodes that own shards.</summary>
    public IEnumerable<ExchangeNode> Owners => Star is null ? Members : [Star];

    public static async Task<ExchangeGroup> StartAsync(int members, bool star, int microBatches = 8, int elements = 5000,
        bool sharedMemory = true,
        ElementType wire = ElementType.Float32, int rowElements = 0)
    {
        var nodes = await Task.WhenAll(Enumerable.Range(0, members).Select(i => ExchangeNode.StartAsync($"worker-{i}")));
        return new ExchangeGroup(nodes, star ? await ExchangeNode.StartAsync("") : null, microBatches, elements)
        { SharedMemory = sharedMemory, Wire = wire, RowElements = rowElements };
    }

    /// <summary>Starts a generation on everybody, or on those that are named.</summary>
    /// <param name="generation">Its number.</param>
    /// <param name="speeds">How fast its members are, for uneven ranges.</param>
    /// <param name="among">Its members; null: all.</param>
    /// <param name="sessions">How many of them open their streams.</param>
    public void Begin(long generation, double[]? speeds = null, ExchangeNode[]? among = null, int sessions = int.MaxValue)
    {
        var members = among ?? Members;
        var owners = Star is null ? members : [Star];
        Ranges = WorkSplit.Divide(_microBatches, speeds ?? [.. members.Select(_ => 1.0)]);
        Map = new ShardMap(_elements, bucketElements: 1500, chunkElements: 400, owners.Length);
        var ranges = members.Zip(Ranges).ToDictionary(m => m.First.Id, m => m.Second);
        Sessions = [.. members.Take(sessions).Select(m => new ExchangeSession(
            new MemberPlan(generation, m.Id, Map, [.. owners.Select(o => o == m ? null : o.Address)], SharedMemory, Wire), m.Owner,
            m.Channels))];
        for (var i = 0; i < owners.Length; i++)
        {
            var local = Array.IndexOf(members, owners[i]);
            owners[i].Owner.Begin(
                new OwnerPlan(generation, i, Map, Tree, ranges, Wire), owners[i].Id, local >= 0 && local < Sessions.Length
                ? Sessions[local].Deliver : null);
        }
    }

    /// <summary>The gradients of a step, one a micro-batch.</summary>
    public float[][] Gradients(long step) =>
        [.. Enumerable.Range(0, _microBatches).Select(m => KeepTouched(RandomFloats.Of(_elements, (int)((step * 1000) + m)), m))];

    private float[] KeepTouched(float[] gradient, int microBatch)
    {
        if (RowElements > 0)
            gradient = [.. gradient.Select((value, i) => (i / RowElements % 20) switch
            {
                var row when row == microBatch => value,
                19 => -0f,
                _ => 0,
            })];
        return gradient;
    }

    /// <summary>One member's part of a step; blocks until the sums are there.</summary>
    public float[] Take(int member, long step)
    {
        var gradients = Gradients(step);
        var result = new float[_elements];
        Sessions[member].BeginStep(step, result);
        foreach (var node in Tree.Cover(Ranges[member].First, Ranges[member].End))
        {
            // In parts, as backward finishes them: the tail first.
            var sum = RandomFloats.TreeSum(Tree, node, gradients);
            foreach (var from in (int[])[_elements * 2 / 3, _elements / 3, 0])
                Sessions[member].Contribute(node, sum, from);
        }

        Sessions[member].Wait();
        return result;
    }

    /// <summary>The same on a thread of its own.</summary>
    public Task<float[]> TakeAsync(int member, long step) =>
        Task.Factory.StartNew(() => Take(member, step), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);

    /// <summary>Everybody's part of a step; checks every result bit for bit.</summary>
    public async Task StepAsync(long step)
    {
        var expected = RandomFloats.Bits(Expected(Gradients(step)));
        var results = await Task.WhenAll(Enumerable.Range(0, Sessions.Length).Select(m => TakeAsync(m, step)))
            .WaitAsync(TimeSpan.FromMinutes(1));
        Assert.All(results, result => Assert.True(expected.AsSpan().SequenceEqual(RandomFloats.Bits(result)),
            $"step {step} has other bits than the tree's sum"));
    }

    /// <summary>What the members must get: the tree's sum; with bfloat16, of rounded contributions and rounded itself.</summary>
    private float[] Expected(float[][] gradients)
    {
        if (Wire == ElementType.Float32)
            return RandomFloats.TreeSum(Tree, Tree.Root, gradients);
        var contributed = Ranges.SelectMany(r => Tree.Cover(r.First, r.End)).ToHashSet();
        return RandomFloats.Rounded(Sum(Tree.Root));

        float[] Sum(TreeNode node)
        {
            if (contributed.Contains(node))
                return RandomFloats.Rounded(RandomFloats.TreeSum(Tree, node, gradients));
            var left = new TreeNode(node.Level - 1, node.Index * 2);
            return left.Sibling.First >= Tree.MicroBatches ? Sum(left) : [.. Sum(left).Zip(Sum(left.Sibling), (a, b) => a + b)];
        }
    }

    /// <summary>
    /// Waits until a member has counted so many bytes as sent: a writer counts after the bytes have gone, maybe after the sum is back.
    /// </summary>
    public async Task UntilSentAsync(int member, long bytes)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromMinutes(1));
        while (Sessions[member].BytesSent < bytes)
            await Task.Delay(10, patience.Token);
        Assert.Equal(bytes, Sessions[member].BytesSent);
    }

    public async Task EndAsync(long generation)
    {
        foreach (var node in Owners)
            node.Owner.Abandon(generation);
        foreach (var session in Sessions)
            await session.DisposeAsync();
        Sessions = [];
    }

    public async ValueTask DisposeAsync()
    {
        await EndAsync(long.MaxValue);
        foreach (var node in Members)
            await node.DisposeAsync();
        if (Star is not null)
            await Star.DisposeAsync();
    }
}
