namespace TorchSharp;

public static partial class torch
{
    /// <summary>Where a tensor lives: a type and an index, -1 for the current device of that type.</summary>
    public class Device
    {
        /// <summary>Reads "cpu", "cuda" or "cuda:1".</summary>
        public Device(string description)
        {
            var parts = description.Split(':');
            type = Parse(parts[0]);
            if (parts.Length == 2)
                index = int.Parse(parts[1]);
        }

        public Device(string deviceType, int index = -1)
        {
            type = Parse(deviceType);
            this.index = index;
        }

        public Device(DeviceType deviceType, int index = -1)
        {
            type = deviceType;
            this.index = index;
        }

        /// <summary>A CUDA device by its number.</summary>
        public Device(int index)
        {
            type = DeviceType.CUDA;
            this.index = index;
        }

        public DeviceType type { get; private set; } = DeviceType.CPU;

        public int index { get; private set; } = -1;

        public override string ToString() =>
            type == DeviceType.CPU ? "cpu"
            : index == -1 ? type.ToString().ToLower()
            : $"{type.ToString().ToLower()}:{index}";

        public static implicit operator Device(string description) => new(description);

        private static DeviceType Parse(string name) => Enum.Parse<DeviceType>(name.ToUpper());
    }

    public static readonly Device CPU = new(DeviceType.CPU, -1);

    public static readonly Device META = new(DeviceType.META, -1);

    /// <summary>The current CUDA device; throws InvalidOperationException where there is none.</summary>
    public static Device CUDA => InitializeDevice(new Device(DeviceType.CUDA, -1));

    public static Device device(string description) => InitializeDevice(new Device(description));

    public static Device device(string deviceType, int index = -1) => InitializeDevice(new Device(deviceType, index));

    public static Device device(DeviceType deviceType, int index = -1) => InitializeDevice(new Device(deviceType,
        index));

    public static Device device(int index) => new(DeviceType.CUDA, index);

    /// <summary>False where the device type cannot be used on this machine.</summary>
    public static bool TryInitializeDeviceType(DeviceType deviceType) =>
        deviceType != DeviceType.CUDA || Native.NativeMethods.dsq_cuda_is_available();

    /// <summary>Throws InvalidOperationException where the device type cannot be used on this machine.</summary>
    public static void InitializeDeviceType(DeviceType deviceType)
    {
        if (!TryInitializeDeviceType(deviceType))
            throw new InvalidOperationException(
                $"Torch device type {deviceType} did not initialise on the current machine: libtorch sees no such " +
                "device. Use the CPU, or build native/ over a CUDA libtorch (Torch_DIR) on a machine with a CUDA driver.");
    }

    /// <summary>The device, or the CPU for null, once it is known to be usable.</summary>
    public static Device InitializeDevice(Device? device)
    {
        device ??= CPU;
        InitializeDeviceType(device.type);
        return device;
    }
}
