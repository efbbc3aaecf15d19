using System.Reflection;

namespace DistSeq2Seq.Tests.Support.Scalars;

/// <summary>Names of members as compilers write them into documentation, and as analyzers read them.</summary>
internal static class DocumentationId
{
    /// <summary>A method's, constructor's, or for an accessor the property's name, as <c>M:System.Math.Abs(System.Int32)</c>.</summary>
    public static string Of(MethodBase method)
    {
        var type = method.DeclaringType!;
        if (method.IsSpecialName && type.GetProperties().FirstOrDefault(property => property.GetAccessors().Contains(method)) is
            { } property)
            return $"P:{NameOf(type)}.{property.Name}{ListOf(property.GetIndexParameters())}";
        var arity = method.IsGenericMethod ? $"``{method.GetGenericArguments().Length}" : "";
        var result = method is MethodInfo { Name: "op_Implicit" or "op_Explicit" } conversion ? $"~{NameOf(conversion.ReturnType)}" : "";
        return $"M:{NameOf(type)}.{method.Name.Replace('.', '#')}{arity}{ListOf(method.GetParameters())}{result}";
    }

    private static string ListOf(ParameterInfo[] parameters) =>
        parameters.Length == 0 ? "" : $"({string.Join(',', parameters.Select(parameter => NameOf(parameter.ParameterType)))})";

    private static string NameOf(Type type)
    {
        if (type.IsGenericParameter)
            return $"{(type.DeclaringMethod is null ? "`" : "``")}{type.GenericParameterPosition}";
        if (type.IsArray)
        {
            var bounds = type.IsSZArray ? "" : string.Join(',', Enumerable.Repeat("0:", type.GetArrayRank()));
            return $"{NameOf(type.GetElementType()!)}[{bounds}]";
        }

        if (type.HasElementType)
            return NameOf(type.GetElementType()!) + (type.IsByRef ? "@" : "*");
        if (!type.IsConstructedGenericType)
            return type.FullName!.Replace('+', '.');
        var definition = NameOf(type.GetGenericTypeDefinition());
        var arguments = string.Join(',', type.GetGenericArguments().Select(NameOf));
        return $"{definition[..definition.LastIndexOf('`')]}{{{arguments}}}";
    }
}
