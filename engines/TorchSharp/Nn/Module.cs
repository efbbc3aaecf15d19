using System.Reflection;
using TorchSharp.Modules;

namespace TorchSharp;

public static partial class torch
{
    public static partial class nn
    {
        /// <summary>
        /// The base of all layers: parameters, buffers and submodules under PyTorch's names. A subclass's constructor
        /// ends with <see cref="RegisterComponents"/>, which registers its fields.
        /// </summary>
        public partial class Module : IDisposable
        {
            private const BindingFlags Members = BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance;

            private readonly OrderedNames<Module> _modules = new();
            private readonly OrderedNames<(Tensor tensor, bool persistent)> _buffers = new();
            private readonly OrderedNames<Parameter> _parameters = new();
            private bool _areComponentsRegistered;
            private bool _disposed;

            protected string? name;

            protected Module(string name) => this.name = name;

            ~Module() => Dispose(false);

            /// <summary>Whether layers such as dropout act as in training (true at first).</summary>
            public virtual bool training { get; private set; } = true;

            public virtual string GetName() => name ?? GetType().Name;

            /// <summary>Switches this module and all below between training and evaluation.</summary>
            public virtual void train(bool train = true)
            {
                training = train;
                foreach (var (_, child) in named_children())
                    child.train(train);
            }

            public virtual void eval() => train(false);

            /// <summary>Drops all gradients, or fills them with zeros.</summary>
            public virtual void zero_grad(bool set_to_none = true)
            {
                foreach (var (_, parameter) in named_parameters())
                {
                    using var grad = parameter.grad;
                    if (grad is null)
                        continue;
                    if (set_to_none)
                        parameter.grad = null;
                    else
                        grad.zero_();
                }
            }

            /// <summary>Calls a function on all modules below and then on this one.</summary>
            public virtual Module apply(Action<Module> fn)
            {
                foreach (var (_, child) in _modules)
                    child.apply(fn);
                fn(this);
                return this;
            }

            public void Dispose()
            {
                Dispose(true);
                GC.SuppressFinalize(this);
            }

            /// <summary>Disposes parameters, buffers and modules below.</summary>
            protected virtual void Dispose(bool disposing)
            {
                if (!disposing || _disposed)
                    return;
                _disposed = true;
                foreach (var (_, buffer) in named_buffers(false))
                    buffer.DetachFromDisposeScope().Dispose();
                foreach (var (_, parameter) in named_parameters(false))
                    parameter.DetachFromDisposeScope().Dispose();
                foreach (var (_, module) in _modules)
                    module.Dispose();
            }

            public void add_module(string name, Module module) => register_module(name, module);

            /// <summary>A null module takes the name off the list. Names hold no dots and are unique.</summary>
            public virtual void register_module(string name, Module submodule)
            {
                if (submodule is null)
                {
                    _modules.Remove(name);
                    return;
                }
                if (name.Contains('.'))
                    throw new ArgumentException($"module name can't contain \".\", got: {name}");
                if (string.IsNullOrEmpty(name))
                    throw new ArgumentException("module name can't be empty string \"\"");
                if (_modules.Contains(name))
                    throw new InvalidOperationException($"Sub-module {name} is already registered.");
                submodule.RegisterComponents();
                _modules[name] = submodule;
            }

            public virtual void register_parameter(string name, Parameter param)
            {
                if (param is null || param.IsInvalid)
                    throw new ArgumentNullException(
                        nameof(param), "A null tensor cannot be registered as a parameter.");
                if (_parameters.Contains(name))
                    throw new InvalidOperationException($"Parameter {name} is already registered.");
                _parameters[name] = param;
            }

            /// <summary>
            /// A buffer is state that is not learned; one that is not persistent is not in state_dict.
            /// </summary>
            public virtual void register_buffer(string name, Tensor tensor, bool persistent = true)
            {
                if (tensor is null || tensor.IsInvalid)
                    throw new ArgumentNullException(nameof(tensor), "A null tensor cannot be registered as a buffer.");
                if (_buffers.Contains(name))
                    throw new InvalidOperationException($"Tensor {name} is already registered.");
                _buffers[name] = (tensor, persistent);
            }

            /// <summary>
            /// Registers what the fields hold now: modules, parameters, and plain tensors as buffers, each under its
            /// field's name. Base class fields come after.
            /// </summary>
            protected virtual void RegisterComponents()
            {
                if (_areComponentsRegistered)
                    return;
                foreach (var field in ComponentFields(GetType()))
                {
                    var component = field.ComponentName();
                    if (_modules.Contains(component) || _parameters.Contains(component) || _buffers.Contains(component))
                        continue;
                    switch (field.GetValue(this))
                    {
                        case Module module:
                            register_module(component, module);
                            break;
                        case Parameter parameter:
                            register_parameter(component, parameter);
                            break;
                        case Tensor tensor:
                            register_buffer(component, tensor);
                            break;
                    }
                }
                _areComponentsRegistered = true;
            }

            /// <summary>Registers or replaces a parameter; null takes the name off the list.</summary>
            protected void ConditionallyRegisterParameter(string name, Parameter? value)
            {
                if (value is null)
                    _parameters.Remove(name);
                else
                    _parameters[name] = value;
            }

            protected void ConditionallyRegisterBuffer(string name, Tensor? value, bool persistent = true)
            {
                if (value is null)
                    _buffers.Remove(name);
                else
                    _buffers[name] = (value, persistent);
            }

            private static IEnumerable<FieldInfo> ComponentFields(Type type)
            {
                var seen = new HashSet<string>();
                for (var t = type; t is not null && t != typeof(object); t = t.BaseType)
                {
                    foreach (var field in t.GetFields(Members))
                    {
                        if (seen.Add(field.Name))
                            yield return field;
                    }
                }
            }
        }
    }
}
