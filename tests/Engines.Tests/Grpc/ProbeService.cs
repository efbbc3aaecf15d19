using Google.Protobuf;
using Grpc.Core;

namespace DistSeq2Seq.Engines.Tests.Grpc;

/// <summary>What a test can see of the calls that a server handled.</summary>
public sealed class ProbeLog
{
    private readonly TaskCompletionSource<DateTime> _cancelled =
        new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Completes when a method saw that its caller is gone; the value is the call's deadline.</summary>
    public Task<DateTime> Cancelled => _cancelled.Task;

    /// <summary>Completes when the first method waits.</summary>
    public TaskCompletionSource Waiting { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Waits until the call's token is cancelled, and notes it.</summary>
    public async Task WaitAsync(ServerCallContext context)
    {
        Waiting.TrySetResult();
        try
        {
            await Task.Delay(Timeout.Infinite, context.CancellationToken);
        }
        finally
        {
            NoteCancelled(context);
        }
    }

    public void NoteCancelled(ServerCallContext context) => _cancelled.TrySetResult(context.Deadline);
}

/// <summary>The server's side of the probe. The request's text says what to do.</summary>
public sealed class ProbeService(ProbeLog log) : Probe.ProbeBase
{
    public override async Task<Answer> Say(Ask request, ServerCallContext context)
    {
        switch (request.Text)
        {
            case "metadata":
                await context.WriteResponseHeadersAsync(
                    new Metadata { { "first", "header" }, { "first-bin", [0, 255] } });
                foreach (string key in new[] { "echo-text", "echo-bin" })
                {
                    foreach (Metadata.Entry entry in context.RequestHeaders.GetAll(key))
                        context.ResponseTrailers.Add(entry);
                }

                break;
            case "refuse":
                throw new RpcException(
                    new Status(StatusCode.FailedPrecondition, "nicht möglich: 50 %\n→"),
                    new Metadata { { "why", "test" } });
            case "status":
                context.Status = new Status(StatusCode.AlreadyExists, "set on the context");
                break;
            case "throw":
                throw new InvalidDataException("the inner reason");
            case "null":
                return null!;
            case "wait":
                await log.WaitAsync(context);
                break;
            case "deadline":
                return new Answer { Text = context.Deadline.ToString("O") };
            case "method":
                return new Answer { Text = $"{context.Method} {context.Host} {context.Peer}" };
        }

        ByteString payload = MakePayload(request.Count);
        return new Answer { Text = request.Text, Number = request.Payload.Length, Payload = payload };
    }

    public override async Task<Answer> Collect(IAsyncStreamReader<Ask> requestStream, ServerCallContext context)
    {
        var texts = new List<string>();
        long bytes = 0;
        await foreach (Ask ask in requestStream.ReadAllAsync())
        {
            if (ask.Text == "stop")
                throw new RpcException(new Status(StatusCode.OutOfRange, "stopped"));
            texts.Add(ask.Text);
            bytes += ask.Payload.Length;
        }

        return new Answer { Text = string.Join(",", texts), Number = (int)bytes };
    }

    public override async Task Count(Ask request, IServerStreamWriter<Answer> responseStream, ServerCallContext context)
    {
        if (request.Text == "flood")
        {
            await FloodAsync(responseStream, context);
            return;
        }

        for (int number = 1; number <= request.Count; number++)
        {
            if (request.Text == "buffer")
                responseStream.WriteOptions = new WriteOptions(WriteFlags.BufferHint);
            await responseStream.WriteAsync(new Answer { Number = number, Payload = request.Payload });
        }

        context.ResponseTrailers.Add("counted", request.Count.ToString());
        if (request.Text == "wait")
            await log.WaitAsync(context);
        if (request.Text == "refuse")
            throw new RpcException(new Status(StatusCode.ResourceExhausted, "no more numbers"));
    }

    public override async Task Echo(
        IAsyncStreamReader<Ask> requestStream, IServerStreamWriter<Answer> responseStream, ServerCallContext context)
    {
        while (await requestStream.MoveNext())
        {
            Ask ask = requestStream.Current;
            if (ask.Text == "wait")
                await log.WaitAsync(context);
            await responseStream.WriteAsync(new Answer { Text = ask.Text, Number = ask.Count, Payload = ask.Payload });
        }
    }

    private async Task FloodAsync(IServerStreamWriter<Answer> responseStream, ServerCallContext context)
    {
        try
        {
            while (true)
                await responseStream.WriteAsync(new Answer { Payload = MakePayload(10_000) });
        }
        finally
        {
            log.NoteCancelled(context);
        }
    }

    private static ByteString MakePayload(int length)
    {
        byte[] bytes = new byte[length];
        for (int i = 0; i < length; i++)
            bytes[i] = (byte)i;
        return UnsafeByteOperations.UnsafeWrap(bytes);
    }
}
