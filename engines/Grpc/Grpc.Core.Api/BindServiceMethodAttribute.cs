namespace Grpc.Core;

/// <summary>
/// Names the public static method <c>(ServiceBinderBase, TService)</c> that tells a server the methods of the service
/// base class it stands on.
/// </summary>
/// <param name="bindType">The type that has the method.</param>
/// <param name="bindMethodName">The method's name.</param>
[AttributeUsage(AttributeTargets.Class, Inherited = false)]
public class BindServiceMethodAttribute(Type bindType, string bindMethodName) : Attribute
{
    /// <summary>The type that has the method.</summary>
    public Type BindType { get; } = bindType;

    /// <summary>The method's name.</summary>
    public string BindMethodName { get; } = bindMethodName;
}
