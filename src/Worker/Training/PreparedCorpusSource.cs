using System.Security.Cryptography;
using System.Text;
using DistSeq2Seq.Exchange;
using DistSeq2Seq.Model.Data;
using DistSeq2Seq.Model.Data.Corpus;
using DistSeq2Seq.Protocol.Cluster;
using DistSeq2Seq.Protocol.Corpus;
using Grpc.Core;

namespace DistSeq2Seq.Worker.Training;

/// <summary>Finds the run's prepared corpus: on a disk shared with the coordinator, in this worker's folder, or over gRPC.</summary>
internal static class PreparedCorpusSource
{
    /// <summary>How often a worker looks whether another one of its host has fetched the corpus for both.</summary>
    private static readonly TimeSpan LockPollInterval = TimeSpan.FromMilliseconds(100);

    /// <summary>
    /// Error codes of a file that another process has locked: EAGAIN of Linux, EAGAIN of macOS, a sharing violation of Windows.
    /// </summary>
    private static readonly int[] HeldElsewhere = [11, 35, unchecked((int)0x80070020)];

    /// <summary>Opens the corpus that the coordinator announced.</summary>
    /// <param name="run">What it announced.</param>
    /// <param name="options">Where to keep it.</param>
    /// <param name="channels">Ways to the coordinator.</param>
    /// <param name="cancellation">Gives up waiting and fetching; leaves nothing behind.</param>
    /// <exception cref="OperationCanceledException">Given up.</exception>
    /// <exception cref="DataException">What was found or fetched is not the corpus of this run, or there is no room for it.</exception>
    /// <exception cref="RpcException">The coordinator could not be reached, or serves another corpus.</exception>
    public static PreparedFolder Open(Welcome run, WorkerOptions options, PeerChannels channels, CancellationToken cancellation = default)
    {
        if (TryOpen(run.PreparedFolder, run.CorpusFingerprint, verifyContent: false) is { } shared)
            return shared;

        var name = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(run.CorpusFingerprint)))[..16];
        var parent = options.DataFolder ?? Path.Combine(Path.GetTempPath(), "distseq2seq");
        try
        {
            return OpenOrFetch(run, Path.Combine(parent, "corpus-" + name), channels, cancellation);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new DataException($"{parent}: the corpus cannot be kept here ({e.Message}); give the worker a folder that it "
                + "can write, with room for the corpus (--data)", e);
        }
    }

    private static PreparedFolder OpenOrFetch(Welcome run, string folder, PeerChannels channels, CancellationToken cancellation)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(folder)!);
        // Workers of one host may share the folder: one fetches, the others wait and find it. A dead worker's lock is free.
        using var held = TakeLock(folder + ".lock", cancellation);
        if (TryOpen(folder, run.CorpusFingerprint, verifyContent: true) is { } kept)
            return kept;

        // The corpus is fetched beside its place, so that no worker finds half of it. The rest of a killed worker is removed.
        var temporary = folder + ".tmp";
        Remove(temporary);
        Directory.CreateDirectory(temporary);
        try
        {
            FetchAsync(run, temporary, channels, cancellation).GetAwaiter().GetResult();
            Remove(folder);
            Directory.Move(temporary, folder);
        }
        finally
        {
            Remove(temporary);
        }

        return TryOpen(folder, run.CorpusFingerprint, verifyContent: true)
            ?? throw new DataException($"{folder}: the corpus fetched from {run.CoordinatorGrpcAddress} is not the one announced "
                + $"({run.CorpusFingerprint}), or was damaged on the way");
    }

    /// <summary>The corpus in a folder; null where there is none, another one, or one whose files are not whole.</summary>
    private static PreparedFolder? TryOpen(string folder, string fingerprint, bool verifyContent)
    {
        if (!File.Exists(Path.Combine(folder, PreparedFolder.ManifestFile)))
            return null;
        try
        {
            var data = PreparedFolder.Open(folder, verifyContent);
            if (data.Fingerprint == fingerprint)
                return data;
            data.Dispose();
            return null;
        }
        catch (DataException)
        {
            return null; // it is fetched anew
        }
    }

    private static FileStream TakeLock(string path, CancellationToken cancellation)
    {
        while (true)
        {
            try
            {
                return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            }
            catch (IOException e) when (HeldElsewhere.Contains(e.HResult))
            {
                cancellation.WaitHandle.WaitOne(LockPollInterval);
                cancellation.ThrowIfCancellationRequested();
            }
        }
    }

    private static async Task FetchAsync(Welcome run, string folder, PeerChannels channels, CancellationToken cancellation)
    {
        var client = new CorpusStore.CorpusStoreClient(channels.To(run.CoordinatorGrpcAddress));
        using var call = client.Fetch(new CorpusRequest { Fingerprint = run.CorpusFingerprint }, cancellationToken: cancellation);
        FileStream? file = null;
        try
        {
            while (await call.ResponseStream.MoveNext(cancellation).ConfigureAwait(false))
            {
                var chunk = call.ResponseStream.Current;
                if (chunk.Offset == 0)
                {
                    file?.Dispose();
                    file = File.Create(Path.Combine(folder, Path.GetFileName(chunk.File)));
                }

                if (file is null || file.Position != chunk.Offset)
                    throw new DataException($"{chunk.File}: the coordinator sent its byte {chunk.Offset}, and "
                        + $"byte {file?.Position ?? 0} is next");
                await file.WriteAsync(chunk.Data.Memory, cancellation).ConfigureAwait(false);
            }
        }
        catch (RpcException) when (cancellation.IsCancellationRequested)
        {
            throw new OperationCanceledException("fetching the corpus was given up", cancellation);
        }
        finally
        {
            file?.Dispose();
        }
    }

    private static void Remove(string folder)
    {
        if (Directory.Exists(folder))
            Directory.Delete(folder, recursive: true);
    }
}
