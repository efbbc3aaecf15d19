using System.Runtime.InteropServices;
using System.Runtime.InteropServices.Marshalling;
using static TorchSharp.torch;

namespace TorchSharp.Native;

/// <summary>
/// Passes a tensor as its handle and keeps it alive during the call; makes a tensor of a handle that comes back, or
/// throws what the native side remembered.
/// </summary>
[CustomMarshaller(typeof(Tensor), MarshalMode.ManagedToUnmanagedIn, typeof(In))]
[CustomMarshaller(typeof(Tensor), MarshalMode.ManagedToUnmanagedOut, typeof(Out))]
internal static class TensorMarshaller
{
    internal ref struct In
    {
        private Tensor? _tensor;
        private nint _handle;

        public void FromManaged(Tensor? tensor)
        {
            _tensor = tensor;
            _handle = tensor?.Handle ?? 0;
        }

        public readonly nint ToUnmanaged() => _handle;

        public readonly void OnInvoked() => GC.KeepAlive(_tensor);

        public readonly void Free()
        {
        }
    }

    internal static class Out
    {
        public static Tensor ConvertToManaged(nint handle)
        {
            if (handle == 0)
                CheckForErrors();
            return new Tensor(handle);
        }
    }
}

/// <summary>The blittable form of a <see cref="Scalar"/>; binding.h names the kinds.</summary>
[StructLayout(LayoutKind.Sequential)]
internal readonly record struct ScalarArg(long Kind, long Bits);

[CustomMarshaller(typeof(Scalar), MarshalMode.ManagedToUnmanagedIn, typeof(ScalarMarshaller))]
internal static class ScalarMarshaller
{
    public static ScalarArg ConvertToUnmanaged(Scalar? value) => value?.Value ?? new ScalarArg(-1, 0);
}

/// <summary>The result of a native function that returns nothing: throws the remembered error when it failed.</summary>
[NativeMarshalling(typeof(StatusMarshaller))]
internal readonly struct Status;

[CustomMarshaller(typeof(Status), MarshalMode.ManagedToUnmanagedOut, typeof(StatusMarshaller))]
internal static class StatusMarshaller
{
    public static Status ConvertToManaged(int status)
    {
        if (status != 0)
            CheckForErrors();
        return default;
    }
}

/// <summary>A C boolean of one byte.</summary>
internal readonly struct Flag
{
    private readonly byte _value;

    private Flag(bool value) => _value = value ? (byte)1 : (byte)0;

    public static implicit operator Flag(bool value) => new(value);

    public static implicit operator bool(Flag flag) => flag._value != 0;
}

/// <summary>An element type, or none (-1).</summary>
internal readonly struct TypeArg
{
    private readonly int _value;

    private TypeArg(int value) => _value = value;

    public static implicit operator TypeArg(ScalarType value) => new((int)value);

    public static implicit operator TypeArg(ScalarType? value) => new((int?)value ?? -1);
}

/// <summary>A device: type and index, as two C integers in a row.</summary>
[StructLayout(LayoutKind.Sequential)]
internal readonly struct DeviceArg
{
    private readonly int _type;
    private readonly int _index;

    private DeviceArg(int type, int index) => (_type, _index) = (type, index);

    public static implicit operator DeviceArg(Device device) => new((int)device.type, device.index);
}
