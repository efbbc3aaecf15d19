using System.Buffers.Binary;

namespace Grpc.Core.Internal;

/// <summary>The five bytes before every message: a flag for compression, and the length, big-endian.</summary>
internal static class Framing
{
    public const int HeaderSize = 5;

    public static void Write(Span<byte> header, int length)
    {
        header[0] = 0;
        BinaryPrimitives.WriteUInt32BigEndian(header[1..], (uint)length);
    }

    /// <exception cref="InvalidDataException">The flag is neither 0 nor 1.</exception>
    /// <exception cref="RpcException">The message is longer than the limit, in bytes; null is no limit.</exception>
    public static (bool Compressed, int Length) Read(ReadOnlySpan<byte> header, int? limit)
    {
        if (header[0] > 1)
            throw new InvalidDataException($"The compression flag of a message is {header[0]}; 0 or 1 are valid.");

        uint length = BinaryPrimitives.ReadUInt32BigEndian(header[1..]);
        if (length > (uint)(limit ?? int.MaxValue))
            throw TooLarge();

        return (header[0] == 1, (int)length);
    }

    public static RpcException TooLarge() => new(new Status(
        StatusCode.ResourceExhausted, "Received message exceeds the maximum configured message size."));

    /// <exception cref="RpcException">The message is longer than the limit, in bytes; null is no limit.</exception>
    public static void CheckSend(int length, int? limit)
    {
        if (length > limit)
        {
            throw new RpcException(new Status(
                StatusCode.ResourceExhausted, "Sending message exceeds the maximum configured message size."));
        }
    }
}
