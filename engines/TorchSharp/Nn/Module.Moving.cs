using TorchSharp.Modules;

namespace TorchSharp;

public static partial class torch
{
    public static partial class nn
    {
        // Moving a module to another device or floating-point type. A parameter that has to change is replaced by a new
        // object, in the lists and in the field or property that holds it; its gradient moves along.
        public partial class Module
        {
            protected internal virtual Module _to(Device device, ScalarType dtype, bool non_blocking)
            {
                CheckFloating(dtype);
                return Move(dtype, device);
            }

            protected internal virtual Module _to(DeviceType deviceType, int deviceIndex, bool non_blocking) =>
                Move(null, new Device(deviceType, deviceType == DeviceType.CUDA ? deviceIndex : -1));

            protected internal virtual Module _to(ScalarType dtype, bool non_blocking)
            {
                CheckFloating(dtype);
                return Move(dtype, null);
            }

            /// <summary>Called after this module's own tensors have moved.</summary>
            private protected virtual void Moved()
            {
            }

            private static void CheckFloating(ScalarType dtype)
            {
                if (!is_floating_point(dtype))
                    throw new ArgumentException(
                        $"nn.Module.to only accepts floating point or complex types, but got desired dtype={dtype}");
            }

            private Module Move(ScalarType? dtype, Device? device)
            {
                if (device is not null)
                    InitializeDeviceType(device.type);
                foreach (var (_, child) in named_children())
                {
                    if (device is null)
                        child._to(dtype!.Value, false);
                    else if (dtype is null)
                        child._to(device.type, device.index, false);
                    else
                        child._to(device, dtype.Value, false);
                }
                foreach (var (name, parameter) in named_parameters(false).ToList())
                {
                    if (Replacement(parameter, dtype, device) is not { } moved)
                        continue;
                    Hold(name, parameter, moved);
                    ConditionallyRegisterParameter(name, moved);
                    parameter.Dispose();
                }
                foreach (var (name, buffer) in named_buffers(false).ToList())
                {
                    var type = dtype is not null && buffer.is_floating_point() ? dtype.Value : buffer.dtype;
                    var where = device ?? buffer.device;
                    if (!buffer.ToWillCopy(type, where))
                        continue;
                    var moved = buffer.to(type, where).DetachFromDisposeScope();
                    Hold(name, buffer, moved);
                    ConditionallyRegisterBuffer(name, moved);
                    buffer.Dispose();
                }
                Moved();
                return this;
            }

            private static Parameter? Replacement(Parameter parameter, ScalarType? dtype, Device? device)
            {
                var type = dtype is not null && parameter.is_floating_point() ? dtype.Value : parameter.dtype;
                var where = device ?? parameter.device;
                if (!parameter.ToWillCopy(type, where))
                    return null;
                using var guard = no_grad();
                using var grad = parameter.grad;
                var moved = new Parameter(parameter.to(type, where), parameter.requires_grad);
                moved.DetachFromDisposeScope();
                if (grad is not null)
                {
                    using var movedGrad = grad.to(type, where);
                    moved.grad = movedGrad;
                }
                return moved;
            }

            /// <summary>Puts the moved tensor where the field of that name holds the old one.</summary>
            private void Hold(string name, Tensor before, Tensor moved)
            {
                foreach (var field in ComponentFields(GetType()))
                {
                    if (field.ComponentName() == name && ReferenceEquals(field.GetValue(this), before))
                        field.SetValue(this, moved);
                }
            }
        }
    }
}

/// <summary>Moves a module, in place, and returns it.</summary>
public static class ModuleExtensionMethods
{
    public static T to<T>(this T module, torch.ScalarType type, bool non_blocking = false) where T : torch.nn.Module =>
        (T)module._to(type, non_blocking);

    public static T to<T>(this T module, torch.Device device, torch.ScalarType type, bool non_blocking = false)
        where T : torch.nn.Module => (T)module._to(device, type, non_blocking);

    public static T to<T>(this T module, DeviceType deviceType, int deviceIndex = -1, bool non_blocking = false)
        where T : torch.nn.Module => (T)module._to(deviceType, deviceIndex, non_blocking);

    public static T to<T>(this T module, torch.Device device, bool non_blocking = false) where T : torch.nn.Module =>
        (T)module._to(device.type, device.index, non_blocking);

    public static T to<T>(this T module, string device, bool non_blocking = false) where T : torch.nn.Module =>
        module.to(new torch.Device(device), non_blocking);

    public static T cpu<T>(this T module, bool non_blocking = false) where T : torch.nn.Module =>
        (T)module._to(DeviceType.CPU, -1, non_blocking);

    public static T cuda<T>(this T module, int deviceIndex = -1, bool non_blocking = false) where T : torch.nn.Module =>
        (T)module._to(DeviceType.CUDA, deviceIndex, non_blocking);
}
