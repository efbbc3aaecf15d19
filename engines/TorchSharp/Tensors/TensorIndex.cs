using System.Runtime.InteropServices;

namespace TorchSharp;

public static partial class torch
{
    /// <summary>
    /// One index of an indexing expression: a number, slice, mask or tensor, an ellipsis, or a new axis.
    /// </summary>
    public struct TensorIndex
    {
        internal const long Absent = long.MinValue;

        // The numbers that native/binding/indexing.cpp reads.
        internal enum Kind : long
        {
            None = 0,
            Single = 1,
            Ellipsis = 2,
            Bool = 3,
            Tensor = 4,
            Slice = 5,
        }

        internal Kind kind;
        internal long start;
        internal long stop;
        internal long step;
        internal Tensor? tensor;

#pragma warning disable CA2211 // Fields in the real package.
        public static TensorIndex Ellipsis = new() { kind = Kind.Ellipsis };

        /// <summary>A new axis of size one.</summary>
        public static TensorIndex None = new() { kind = Kind.None };

        public static TensorIndex Null = new() { kind = Kind.None };

        public static TensorIndex Colon = Slice();
#pragma warning restore CA2211

        /// <summary>From start up to, not including, stop; null means the end of the axis.</summary>
        public static TensorIndex Slice(long? start = null, long? stop = null, long? step = null) =>
            new() { kind = Kind.Slice, start = start ?? Absent, stop = stop ?? Absent, step = step ?? Absent };

        public static TensorIndex Slice((int? start, int? end) range) => Slice((long?)range.start, (long?)range.end);

        public static TensorIndex Slice(Range range) => Slice(FromStart(range.Start), FromEnd(range.End));

        public static TensorIndex Bool(bool value) => new() { kind = Kind.Bool, start = value ? 1 : 0 };

        public static TensorIndex Single(long? index) => new() { kind = Kind.Single, start = index ?? 0 };

        public static TensorIndex Tensor(Tensor tensor) => new() { kind = Kind.Tensor, tensor = tensor };

        public static implicit operator TensorIndex(long value) => Single(value);

        public static implicit operator TensorIndex((int? start, int? end) range) => Slice(range);

        public static implicit operator TensorIndex(Range range) => Slice(range);

        public static implicit operator TensorIndex(Index index) => Single(FromStart(index));

        private static long FromStart(Index index) => index.IsFromEnd ? -index.Value : index.Value;

        private static long? FromEnd(Index index) => index.IsFromEnd && index.Value == 0 ? null : FromStart(index);
    }
}

/// <summary>The blittable form of a <see cref="torch.TensorIndex"/>.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct IndexArg
{
    internal long Kind, Start, Stop, Step;
    internal nint Tensor;
}
