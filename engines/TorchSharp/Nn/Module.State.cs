using TorchSharp.Modules;

namespace TorchSharp;

public static partial class torch
{
    public static partial class nn
    {
        // What a module holds, by PyTorch's dotted names.
        public partial class Module
        {
            /// <summary>Parameters in registration order, this module's first; each tensor once.</summary>
            public virtual IEnumerable<(string name, Parameter parameter)> named_parameters(bool recurse = true)
            {
                // Zero stands for disposed parameters, which are left out.
                var seen = new HashSet<nint> { 0 };
                foreach (var (name, parameter) in _parameters)
                {
                    if (seen.Add(parameter.handle))
                        yield return (name, parameter);
                }
                if (!recurse)
                    yield break;
                foreach (var (prefix, module) in _modules)
                {
                    foreach (var (name, parameter) in module.named_parameters())
                    {
                        if (seen.Add(parameter.handle))
                            yield return ($"{prefix}.{name}", parameter);
                    }
                }
            }

            public virtual IEnumerable<Parameter> parameters(bool recurse = true) =>
                named_parameters(recurse).Select(named => named.parameter);

            /// <summary>Persistent buffers in registration order, this module's first; each tensor once.</summary>
            public virtual IEnumerable<(string name, Tensor buffer)> named_buffers(
                bool recurse = true, bool include_nonpersistent = true)
            {
                var seen = new HashSet<nint> { 0 };
                foreach (var (name, (buffer, persistent)) in _buffers)
                {
                    // The real package leaves non-persistent buffers out whatever the argument says; so does this one.
                    if (persistent && seen.Add(buffer.handle))
                        yield return (name, buffer);
                }
                if (!recurse)
                    yield break;
                foreach (var (prefix, module) in _modules)
                {
                    foreach (var (name, buffer) in module.named_buffers(true, include_nonpersistent))
                    {
                        if (seen.Add(buffer.handle))
                            yield return ($"{prefix}.{name}", buffer);
                    }
                }
            }

            public virtual IEnumerable<Tensor> buffers(bool recurse = true, bool include_nonpersistent = true) =>
                named_buffers(recurse, include_nonpersistent).Select(named => named.buffer);

            public virtual IEnumerable<(string name, Module module)> named_children() => _modules;

            public virtual IEnumerable<Module> children() => named_children().Select(named => named.module);

            /// <summary>All modules below: the children first, then what is below each.</summary>
            public virtual IEnumerable<(string name, Module module)> named_modules()
            {
                foreach (var child in _modules)
                    yield return child;
                foreach (var (prefix, child) in _modules)
                {
                    foreach (var (name, module) in child.named_modules())
                        yield return ($"{prefix}.{name}", module);
                }
            }

            public virtual IEnumerable<Module> modules() => named_modules().Select(named => named.module);

            /// <summary>Parameters and persistent buffers by name: the module's own objects, not copies.</summary>
            public virtual Dictionary<string, Tensor> state_dict(
                Dictionary<string, Tensor>? destination = null, string? prefix = null)
            {
                destination ??= [];
                string Key(string name) => string.IsNullOrEmpty(prefix) ? name : $"{prefix}.{name}";
                foreach (var (name, parameter) in named_parameters())
                    destination.TryAdd(Key(name), parameter);
                foreach (var (name, buffer) in named_buffers(include_nonpersistent: false))
                    destination.TryAdd(Key(name), buffer);
                foreach (var (name, module) in _modules)
                    module.state_dict(destination, Key(name));
                return destination;
            }

            /// <summary>Copies values in; when strict, InvalidOperationException where the names differ.</summary>
            public virtual (IList<string> missing_keys, IList<string> unexpected_keyes) load_state_dict(
                Dictionary<string, Tensor> source, bool strict = true, IList<string>? skip = null)
            {
                var destination = state_dict();
                bool Wanted(string key) => skip is null || !skip.Contains(key);
                var unexpected = source.Keys.Where(key => Wanted(key) && !destination.ContainsKey(key)).ToList();
                var missing = destination.Keys.Where(key => Wanted(key) && !source.ContainsKey(key)).ToList();
                if (strict && (missing.Count > 0 || unexpected.Count > 0))
                    throw new InvalidOperationException(
                        "The loaded state_dict is not identical to the target dictionary.");
                using var guard = no_grad();
                foreach (var (key, value) in source)
                {
                    if (Wanted(key) && destination.TryGetValue(key, out var target))
                        target.copy_(value);
                }
                return (missing, unexpected);
            }

            /// <summary>The parameter with a dotted name, or null.</summary>
            public virtual Parameter? get_parameter(string target)
            {
                if (_parameters.TryGet(target, out var parameter))
                    return parameter;
                var (head, rest) = Split(target);
                return rest.Length > 0 && _modules.TryGet(head, out var child) ? child.get_parameter(rest) : null;
            }

            public virtual bool has_parameter(string target) => get_parameter(target) is not null;

            public virtual Tensor? get_buffer(string target)
            {
                if (_buffers.TryGet(target, out var buffer))
                    return buffer.tensor;
                var (head, rest) = Split(target);
                return rest.Length > 0 && _modules.TryGet(head, out var child) ? child.get_buffer(rest) : null;
            }

            public virtual bool has_buffer(string target) => get_buffer(target) is not null;

            private static (string head, string rest) Split(string target)
            {
                var dot = target.IndexOf('.');
                return dot < 0 ? (target, "") : (target[..dot], target[(dot + 1)..]);
            }
        }
    }
}
