using System.Security.Cryptography;
using System.Text;
using DistSeq2Seq.Exchange;
using DistSeq2Seq.Model.Data;
using DistSeq2Seq.Protocol.Cluster;
using DistSeq2Seq.Protocol.Corpus;
using Grpc.Core;

namespace DistSeq2Seq.Worker;

/// <summary>Finds the run's prepared corpus: on a disk shared with the coordinator, in this worker's folder, or over gRPC.</summary>
internal static class PreparedCorpusSource
{
    /// <summary>Opens the corpus that the coordinator announced.</summary>
    /// <exception cref="DataException">What was found or fetched is not the corpus of this run.</exception>
    public static PreparedFolder Open(Welcome run, WorkerOptions options, PeerChannels channels)
    {
        if (TryOpen(run.PreparedFolder, run.CorpusFingerprint) is { } shared)
            return shared;

        var name = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(run.CorpusFingerprint)))[..16];
        var folder = Path.Combine(options.DataFolder ?? Path.Combine(Path.GetTempPath(), "distseq2seq"), "corpus-" + name);
        if (TryOpen(folder, run.CorpusFingerprint) is { } kept)
            return kept;

        FetchAsync(run, folder, channels).GetAwaiter().GetResult();
        return TryOpen(folder, run.CorpusFingerprint)
            ?? throw new DataException($"{folder}: the corpus fetched from {run.CoordinatorGrpcAddress} is not the one announced ({run.CorpusFingerprint})");
    }

    private static PreparedFolder? TryOpen(string folder, string fingerprint)
    {
        if (!File.Exists(Path.Combine(folder, PreparedFolder.ManifestFile)))
            return null;
        var data = PreparedFolder.Open(folder);
        if (data.Fingerprint == fingerprint)
            return data;
        data.Dispose();
        return null;
    }

    private static async Task FetchAsync(Welcome run, string folder, PeerChannels channels)
    {
        // Into a temporary folder first: a half-fetched corpus is never seen.
        var temporary = $"{folder}.{Guid.NewGuid():N}.tmp";
        Directory.CreateDirectory(temporary);
        try
        {
            var client = new CorpusStore.CorpusStoreClient(channels.To(run.CoordinatorGrpcAddress));
            using var call = client.Fetch(new CorpusRequest { Fingerprint = run.CorpusFingerprint });
            FileStream? file = null;
            while (await call.ResponseStream.MoveNext(CancellationToken.None).ConfigureAwait(false))
            {
                var chunk = call.ResponseStream.Current;
                if (chunk.Offset == 0)
                {
                    file?.Dispose();
                    file = File.Create(Path.Combine(temporary, Path.GetFileName(chunk.File)));
                }

                await file!.WriteAsync(chunk.Data.Memory).ConfigureAwait(false);
            }

            file?.Dispose();
            if (Directory.Exists(folder))
                Directory.Delete(folder, recursive: true);
            Directory.Move(temporary, folder);
        }
        finally
        {
            if (Directory.Exists(temporary))
                Directory.Delete(temporary, recursive: true);
        }
    }
}
