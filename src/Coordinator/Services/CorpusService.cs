using DistSeq2Seq.Model.Data.Corpus;
using DistSeq2Seq.Protocol.Corpus;
using Google.Protobuf;
using Grpc.Core;

namespace DistSeq2Seq.Coordinator.Services;

/// <summary>Sends the prepared corpus to workers that do not share the coordinator's disk (corpus.proto).</summary>
public sealed class CorpusService(PreparedFolder data) : CorpusStore.CorpusStoreBase
{
    /// <summary>Maximum bytes of data in one message.</summary>
    private const int ChunkBytes = 1024 * 1024;

    /// <inheritdoc/>
    public override async Task Fetch(CorpusRequest request, IServerStreamWriter<CorpusChunk> responseStream, ServerCallContext context)
    {
        if (request.Fingerprint != data.Fingerprint)
            throw new RpcException(new Status(StatusCode.FailedPrecondition,
                $"asked for corpus {request.Fingerprint}, but this run has {data.Fingerprint}"));

        var buffer = new byte[ChunkBytes];
        foreach (var path in Directory.GetFiles(data.Path).Order(StringComparer.Ordinal))
        {
            await using var file = File.OpenRead(path);
            long offset = 0;
            int read;
            do
            {
                read = await file.ReadAsync(buffer, context.CancellationToken).ConfigureAwait(false);
                if (read == 0 && offset > 0)
                    break;
                await responseStream.WriteAsync(
                    new CorpusChunk
                    {
                        File = Path.GetFileName(path),
                        Offset = offset,
                        FileSize = file.Length,
                        Data = ByteString.CopyFrom(buffer, 0, read),
                    },
                    context.CancellationToken).ConfigureAwait(false);
                offset += read;
            }
            while (read > 0);
        }
    }
}
