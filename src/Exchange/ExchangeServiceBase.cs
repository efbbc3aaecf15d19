using DistSeq2Seq.Protocol.Exchange;
using Grpc.Core;

namespace DistSeq2Seq.Exchange;

/// <summary>Base of the server side. It has the form of a generated service, so that <c>MapGrpcService</c> finds its methods.</summary>
[BindServiceMethod(typeof(ExchangeServiceBase), nameof(BindService))]
public abstract class ExchangeServiceBase
{
    /// <summary>Handles one member's stream of one generation.</summary>
    public abstract Task Reduce(IAsyncStreamReader<TensorFrame> requests, IServerStreamWriter<TensorFrame> responses,
        ServerCallContext context);

    /// <summary>Sends the replica's state, section by section.</summary>
    public abstract Task FetchState(StateRequest request, IServerStreamWriter<TensorFrame> responses, ServerCallContext context);

    /// <summary>Registers the methods.</summary>
    public static void BindService(ServiceBinderBase binder, ExchangeServiceBase? service)
    {
        binder.AddMethod(ExchangeMethods.Reduce, service is null ? null! : new DuplexStreamingServerMethod<TensorFrame, TensorFrame>(
            service.Reduce));
        binder.AddMethod(ExchangeMethods.FetchState, service is null ? null! : new ServerStreamingServerMethod<StateRequest, TensorFrame>(
            service.FetchState));
    }
}
