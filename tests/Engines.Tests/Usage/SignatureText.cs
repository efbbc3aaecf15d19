using System.Collections.Immutable;
using System.Reflection.Metadata;

namespace DistSeq2Seq.Engines.Tests.Usage;

/// <summary>A type as text, and the type reference that it is or is made from.</summary>
internal sealed record TypeText(string Text, TypeReferenceHandle Root = default)
{
    public override string ToString() => Text;
}

/// <summary>Writes signatures as C# does; a type's own parameters are T0, T1, …, a method's are M0, M1, ….</summary>
internal sealed class SignatureText : ISignatureTypeProvider<TypeText, object?>
{
    public TypeText GetPrimitiveType(PrimitiveTypeCode typeCode) => new(typeCode switch
    {
        PrimitiveTypeCode.Boolean => "bool",
        PrimitiveTypeCode.Byte => "byte",
        PrimitiveTypeCode.SByte => "sbyte",
        PrimitiveTypeCode.Char => "char",
        PrimitiveTypeCode.Int16 => "short",
        PrimitiveTypeCode.UInt16 => "ushort",
        PrimitiveTypeCode.Int32 => "int",
        PrimitiveTypeCode.UInt32 => "uint",
        PrimitiveTypeCode.Int64 => "long",
        PrimitiveTypeCode.UInt64 => "ulong",
        PrimitiveTypeCode.Single => "float",
        PrimitiveTypeCode.Double => "double",
        PrimitiveTypeCode.IntPtr => "nint",
        PrimitiveTypeCode.UIntPtr => "nuint",
        _ => typeCode.ToString().ToLowerInvariant(),
    });

    public TypeText GetTypeFromReference(MetadataReader reader, TypeReferenceHandle handle, byte rawTypeKind) => new(NameOf(reader, handle), handle);

    public TypeText GetTypeFromDefinition(MetadataReader reader, TypeDefinitionHandle handle, byte rawTypeKind) =>
        new(WithoutArity(reader.GetString(reader.GetTypeDefinition(handle).Name)));

    public TypeText GetTypeFromSpecification(MetadataReader reader, object? genericContext, TypeSpecificationHandle handle, byte rawTypeKind) =>
        reader.GetTypeSpecification(handle).DecodeSignature(this, genericContext);

    public TypeText GetGenericInstantiation(TypeText genericType, ImmutableArray<TypeText> typeArguments) =>
        genericType.Text == "System.Nullable"
            ? new($"{typeArguments[0]}?")
            : new($"{genericType}<{string.Join(", ", typeArguments)}>", genericType.Root);

    public TypeText GetSZArrayType(TypeText elementType) => new($"{elementType}[]");

    public TypeText GetArrayType(TypeText elementType, ArrayShape shape) => new($"{elementType}[{new string(',', shape.Rank - 1)}]");

    public TypeText GetByReferenceType(TypeText elementType) => new($"ref {elementType}");

    public TypeText GetPointerType(TypeText elementType) => new($"{elementType}*");

    public TypeText GetPinnedType(TypeText elementType) => elementType;

    public TypeText GetGenericTypeParameter(object? genericContext, int index) => new($"T{index}");

    public TypeText GetGenericMethodParameter(object? genericContext, int index) => new($"M{index}");

    public TypeText GetFunctionPointerType(MethodSignature<TypeText> signature) => new($"delegate*<{string.Join(", ", signature.ParameterTypes)}, {signature.ReturnType}>");

    public TypeText GetModifiedType(TypeText modifier, TypeText unmodifiedType, bool isRequired) => unmodifiedType;

    /// <summary>Namespace, outer types and name; types of <c>System</c> by their names alone.</summary>
    public static string NameOf(MetadataReader reader, TypeReferenceHandle handle)
    {
        var type = reader.GetTypeReference(handle);
        var name = WithoutArity(reader.GetString(type.Name));
        if (type.ResolutionScope.Kind == HandleKind.TypeReference)
            return $"{NameOf(reader, (TypeReferenceHandle)type.ResolutionScope)}.{name}";
        var space = reader.GetString(type.Namespace);
        return space.Length == 0 || (space.StartsWith("System", StringComparison.Ordinal) && name != "Nullable") ? name : $"{space}.{name}";
    }

    private static string WithoutArity(string name) => name.IndexOf('`', StringComparison.Ordinal) is > 0 and var tick ? name[..tick] : name;
}
