namespace TorchSharp;

/// <summary>libtorch's device types, with its numbers.</summary>
public enum DeviceType
{
    CPU = 0,
    CUDA = 1,
    META = 14,
}
