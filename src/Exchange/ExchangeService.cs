using DistSeq2Seq.Protocol.Exchange;
using Google.Protobuf;
using Grpc.Core;

namespace DistSeq2Seq.Exchange;

/// <summary>The methods of the service <c>distseq2seq.exchange.Exchange</c> (exchange.proto), with the tensor marshaller.</summary>
public static class ExchangeMethods
{
    /// <summary>The service's full name.</summary>
    public const string Service = "distseq2seq.exchange.Exchange";

    private static readonly Marshaller<StateRequest> StateRequests =
        Marshallers.Create(request => request.ToByteArray(), StateRequest.Parser.ParseFrom);

    /// <summary>Partial sums go up, finished sums come down.</summary>
    public static Method<TensorFrame, TensorFrame> Reduce { get; } =
        new(MethodType.DuplexStreaming, Service, "Reduce", TensorFrameMarshaller.Instance, TensorFrameMarshaller.Instance);

    /// <summary>The state of a replica at a step.</summary>
    public static Method<StateRequest, TensorFrame> FetchState { get; } =
        new(MethodType.ServerStreaming, Service, "FetchState", StateRequests, TensorFrameMarshaller.Instance);
}

/// <summary>Base of the server side; the shape that generated services have, so that <c>MapGrpcService</c> finds its methods.</summary>
[BindServiceMethod(typeof(ExchangeServiceBase), nameof(BindService))]
public abstract class ExchangeServiceBase
{
    /// <summary>Handles one member's stream of one generation.</summary>
    public abstract Task Reduce(IAsyncStreamReader<TensorFrame> requests, IServerStreamWriter<TensorFrame> responses, ServerCallContext context);

    /// <summary>Sends the replica's state, section by section.</summary>
    public abstract Task FetchState(StateRequest request, IServerStreamWriter<TensorFrame> responses, ServerCallContext context);

    /// <summary>Registers the methods.</summary>
    public static void BindService(ServiceBinderBase binder, ExchangeServiceBase? service)
    {
        binder.AddMethod(ExchangeMethods.Reduce, service is null ? null! : new DuplexStreamingServerMethod<TensorFrame, TensorFrame>(service.Reduce));
        binder.AddMethod(ExchangeMethods.FetchState, service is null ? null! : new ServerStreamingServerMethod<StateRequest, TensorFrame>(service.FetchState));
    }
}
