using System.Reflection;
using TorchSharp;

namespace DistSeq2Seq.Tests.Support.Scalars;

/// <summary>
/// The members of TorchSharp that can compute with a <see cref="Scalar"/> that a garbage collection has freed: those that take or give
/// one, and those that make one on their way, by themselves or through others.
/// </summary>
internal static class ScalarMembers
{
    private static readonly Lazy<IReadOnlySet<MethodBase>> Found = new(Find);

    /// <summary>All of them, those too that only TorchSharp itself can call.</summary>
    public static IReadOnlySet<MethodBase> All => Found.Value;

    /// <summary>Those that others can call.</summary>
    public static IEnumerable<MethodBase> Callable => All.Where(IsCallable);

    private static HashSet<MethodBase> Find()
    {
        var methods = MethodCalls.MethodsOf(typeof(Scalar).Assembly).ToArray();
        var callers = methods.SelectMany(caller => MethodCalls.Of(caller).Select(called => (Called: called, Caller: caller)))
            .ToLookup(call => call.Called, call => call.Caller);
        var constructors = methods.OfType<ConstructorInfo>().ToLookup(constructor => constructor.DeclaringType!);
        var found = methods.Where(TakesOrGivesScalar).ToHashSet();
        var open = new Queue<MethodBase>(found);
        while (open.TryDequeue(out var member))
        {
            // A member that takes another's place is reached through the other's name: then whoever makes its object counts.
            var reached = callers[member].Concat(member.IsVirtual ? constructors[member.DeclaringType!] : []);
            foreach (var next in reached.Where(found.Add))
                open.Enqueue(next);
        }

        return found;
    }

    private static bool TakesOrGivesScalar(MethodBase method) =>
        method.DeclaringType == typeof(Scalar)
        || method.GetParameters().Any(parameter => IsScalar(parameter.ParameterType))
        || (method is MethodInfo { ReturnType: var result } && IsScalar(result));

    private static bool IsScalar(Type type) =>
        type == typeof(Scalar)
        || (type.HasElementType && IsScalar(type.GetElementType()!))
        || (type.IsGenericType && type.GetGenericArguments().Any(IsScalar));

    private static bool IsCallable(MethodBase method)
    {
        for (var type = method.DeclaringType; type is not null; type = type.DeclaringType)
        {
            if (!(type.IsPublic || type.IsNestedPublic || type.IsNestedFamily || type.IsNestedFamORAssem))
                return false;
        }

        return method.IsPublic || method.IsFamily || method.IsFamilyOrAssembly;
    }
}
