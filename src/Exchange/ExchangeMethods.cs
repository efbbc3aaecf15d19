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

    /// <summary>A member sends partial sums to an owner and receives finished sums.</summary>
    public static Method<TensorFrame, TensorFrame> Reduce { get; } =
        new(MethodType.DuplexStreaming, Service, "Reduce", TensorFrameMarshaller.Instance, TensorFrameMarshaller.Instance);

    /// <summary>The state of a replica at a step.</summary>
    public static Method<StateRequest, TensorFrame> FetchState { get; } =
        new(MethodType.ServerStreaming, Service, "FetchState", StateRequests, TensorFrameMarshaller.Instance);
}
