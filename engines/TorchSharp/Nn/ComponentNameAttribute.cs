using System.Reflection;

namespace TorchSharp.Utils
{
    /// <summary>The name under which RegisterComponents registers a field, where it is not the field's own.</summary>
    public class ComponentNameAttribute : Attribute
    {
        public string Name { get; set; } = "";
    }
}

namespace TorchSharp
{
    public static class FieldInfoExtensionMethods
    {
        /// <summary>The name under which a module registers a field.</summary>
        public static string ComponentName(this FieldInfo field) =>
            field.GetCustomAttribute<Utils.ComponentNameAttribute>()?.Name ?? field.Name;
    }
}
