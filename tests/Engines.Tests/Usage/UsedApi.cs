using System.Reflection;
using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;
using System.Text;

namespace DistSeq2Seq.Engines.Tests.Usage;

/// <summary>Collects what the product's assemblies use of the named packages, from their metadata.</summary>
internal sealed class UsedApi
{
    /// <summary>Methods that every type overrides.</summary>
    private static readonly string[] OfObject = ["ToString", "Equals", "GetHashCode", "Finalize"];

    private readonly SortedDictionary<string, SortedDictionary<string, SortedSet<string>>> _packages = new(StringComparer.Ordinal);
    private readonly SignatureText _signatures = new();

    /// <summary>Reads the product's assemblies of a folder.</summary>
    public static UsedApi Of(string folder)
    {
        var used = new UsedApi();
        foreach (var path in Directory.GetFiles(folder, "*.dll").Where(IsProduct).Order(StringComparer.Ordinal))
            used.Read(path);
        return used;
    }

    /// <summary>Whether this is an assembly of <c>src/</c>.</summary>
    public static bool IsProduct(string path)
    {
        var name = Path.GetFileNameWithoutExtension(path);
        return (name == "distseq2seq" || name.StartsWith("DistSeq2Seq.", StringComparison.Ordinal)) && !name.EndsWith(".Tests", StringComparison.Ordinal);
    }

    /// <summary>The page, always the same for the same assemblies.</summary>
    public string ToMarkdown()
    {
        var text = new StringBuilder()
            .Append("# What the product uses of the named packages\n\n")
            .Append("Every type and member of Akka.NET, TorchSharp, gRPC and Protobuf that the assemblies of `src/` refer to, generated code\n")
            .Append("included, read from their metadata: what a subset under `engines/` must have, and what can be checked against the real\n")
            .Append("package. Constants (members of enums, say) leave no trace in metadata and are not listed. T0, T1, … are parameters of the\n")
            .Append("type, M0, M1, … of the method.\n\n")
            .Append("Do not edit. A test fails when this page is out of date; it is written anew by\n\n")
            .Append($"    {UsageTests.UpdateCommand}\n");
        foreach (var (package, types) in _packages)
        {
            text.Append($"\n## {package}\n\n{types.Count} types, {types.Values.Sum(m => m.Count)} members\n");
            foreach (var (type, members) in types)
            {
                text.Append($"\n### {type}\n");
                if (members.Count > 0)
                    text.Append('\n');
                foreach (var member in members)
                    text.Append($"- `{member}`\n");
            }
        }

        return text.ToString();
    }

    private void Read(string path)
    {
        using var file = new PEReader(File.OpenRead(path));
        var reader = file.GetMetadataReader();
        foreach (var handle in reader.TypeReferences)
            MembersOf(reader, handle);
        foreach (var handle in reader.MemberReferences)
        {
            var member = reader.GetMemberReference(handle);
            if (MembersOf(reader, RootOf(reader, member.Parent)) is { } members)
                members.Add(TextOf(reader, member));
        }

        foreach (var handle in reader.TypeDefinitions)
            ReadOverrides(reader, handle);
    }

    /// <summary>Methods of product types that override a package's; these are found by name, without a reference.</summary>
    private void ReadOverrides(MetadataReader reader, TypeDefinitionHandle handle)
    {
        EntityHandle ancestor = reader.GetTypeDefinition(handle).BaseType;
        while (!ancestor.IsNil && ancestor.Kind == HandleKind.TypeDefinition)
            ancestor = reader.GetTypeDefinition((TypeDefinitionHandle)ancestor).BaseType;
        if (ancestor.IsNil || MembersOf(reader, RootOf(reader, ancestor)) is not { } members)
            return;
        foreach (var method in reader.GetTypeDefinition(handle).GetMethods().Select(reader.GetMethodDefinition))
        {
            var name = reader.GetString(method.Name);
            if ((method.Attributes & (MethodAttributes.Virtual | MethodAttributes.NewSlot)) == MethodAttributes.Virtual && !OfObject.Contains(name))
                members.Add($"override {Text(name, method.DecodeSignature(_signatures, null))}");
        }
    }

    /// <summary>The type reference that a member's parent is or is made from; nil for what the assembly defines itself.</summary>
    private TypeReferenceHandle RootOf(MetadataReader reader, EntityHandle type) => type.Kind switch
    {
        HandleKind.TypeReference => (TypeReferenceHandle)type,
        HandleKind.TypeSpecification => reader.GetTypeSpecification((TypeSpecificationHandle)type).DecodeSignature(_signatures, null).Root,
        _ => default,
    };

    private SortedSet<string>? MembersOf(MetadataReader reader, TypeReferenceHandle handle)
    {
        if (handle.IsNil || PackageOf(reader, handle) is not { } package)
            return null;
        if (!_packages.TryGetValue(package, out var types))
            _packages[package] = types = new(StringComparer.Ordinal);
        var name = SignatureText.NameOf(reader, handle);
        if (!types.TryGetValue(name, out var members))
            types[name] = members = new(StringComparer.Ordinal);
        return members;
    }

    /// <summary>The package that a type comes from, whatever the assembly is called in which a subset has it.</summary>
    private static string? PackageOf(MetadataReader reader, TypeReferenceHandle handle)
    {
        var type = reader.GetTypeReference(handle);
        if (type.ResolutionScope.Kind == HandleKind.TypeReference)
            return PackageOf(reader, (TypeReferenceHandle)type.ResolutionScope);
        if (type.ResolutionScope.Kind != HandleKind.AssemblyReference)
            return null;
        var assembly = reader.GetString(reader.GetAssemblyReference((AssemblyReferenceHandle)type.ResolutionScope).Name);
        var space = reader.GetString(type.Namespace);
        return assembly.Split('.') switch
        {
            ["Akka", ..] => space.StartsWith("Akka.Cluster", StringComparison.Ordinal) ? "Akka.Cluster" : "Akka",
            ["TorchSharp", ..] => "TorchSharp",
            ["Google", "Protobuf", ..] => "Google.Protobuf",
            ["Grpc", "AspNetCore", ..] => "Grpc.AspNetCore",
            ["Grpc", "Net", ..] => "Grpc.Net.Client",
            ["Grpc", ..] => "Grpc.Core.Api",
            _ => null,
        };
    }

    private string TextOf(MetadataReader reader, MemberReference member)
    {
        var name = reader.GetString(member.Name);
        return member.GetKind() == MemberReferenceKind.Field
            ? $"{member.DecodeFieldSignature(_signatures, null)} {name}"
            : Text(name, member.DecodeMethodSignature(_signatures, null));
    }

    private static string Text(string name, MethodSignature<TypeText> signature)
    {
        var kind = signature.Header.IsInstance ? "" : "static ";
        if (name == ".ctor")
            return $"new({string.Join(", ", signature.ParameterTypes)})";
        if (name.StartsWith("get_", StringComparison.Ordinal))
            return $"{kind}{signature.ReturnType} {name[4..]}{Index(signature.ParameterTypes)} {{ get; }}";
        if (name.StartsWith("set_", StringComparison.Ordinal))
            return $"{kind}{signature.ParameterTypes[^1]} {name[4..]}{Index(signature.ParameterTypes[..^1])} {{ set; }}";
        var generic = signature.GenericParameterCount == 0 ? ""
            : $"<{string.Join(", ", Enumerable.Range(0, signature.GenericParameterCount).Select(i => $"M{i}"))}>";
        return $"{kind}{signature.ReturnType} {name}{generic}({string.Join(", ", signature.ParameterTypes)})";
    }

    private static string Index(IReadOnlyCollection<TypeText> parameters) => parameters.Count == 0 ? "" : $"[{string.Join(", ", parameters)}]";
}
