using System.Reflection;
using Grpc.Core;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Grpc.AspNetCore.Server.Internal;

/// <summary>A method and the handler of its requests.</summary>
internal sealed record BoundMethod(IMethod Method, RequestDelegate Handler);

/// <summary>
/// Finds the methods of a service: its bind method names them, and each is the public override of that name on the
/// service's type.
/// </summary>
internal sealed class ServiceBinder<TService>(GrpcServiceOptions options, ILogger logger) : ServiceBinderBase
    where TService : class
{
    private readonly List<BoundMethod> _methods = [];
    private Type? _baseType;

    public IReadOnlyList<BoundMethod> Methods => _methods;

    /// <exception cref="InvalidOperationException">The type has no bind method, or it fails.</exception>
    public void Bind()
    {
        MethodInfo bind = FindBindMethod();
        try
        {
            bind.Invoke(null, [this, null]);
        }
        catch (TargetInvocationException exception)
        {
            throw new InvalidOperationException(
                $"Error binding gRPC service '{typeof(TService).Name}'.", exception.InnerException);
        }
    }

    public override void AddMethod<TRequest, TResponse>(
        Method<TRequest, TResponse> method, UnaryServerMethod<TRequest, TResponse>? handler)
    {
        var run = Find<Func<TService, TRequest, ServerCallContext, Task<TResponse>>>(
            method, typeof(TRequest), typeof(ServerCallContext));
        Add(method, async (service, call) =>
            await call.WriteResponseAsync(await run(service, await call.ReadRequestAsync(), call.Context)));
    }

    public override void AddMethod<TRequest, TResponse>(
        Method<TRequest, TResponse> method, ClientStreamingServerMethod<TRequest, TResponse>? handler)
    {
        var run = Find<Func<TService, IAsyncStreamReader<TRequest>, ServerCallContext, Task<TResponse>>>(
            method, typeof(IAsyncStreamReader<TRequest>), typeof(ServerCallContext));
        Add(method, async (service, call) =>
            await call.WriteResponseAsync(await run(service, call.Requests, call.Context)));
    }

    public override void AddMethod<TRequest, TResponse>(
        Method<TRequest, TResponse> method, ServerStreamingServerMethod<TRequest, TResponse>? handler)
    {
        var run = Find<Func<TService, TRequest, IServerStreamWriter<TResponse>, ServerCallContext, Task>>(
            method, typeof(TRequest), typeof(IServerStreamWriter<TResponse>), typeof(ServerCallContext));
        Add(method, async (service, call) =>
            await run(service, await call.ReadRequestAsync(), call.Responses, call.Context));
    }

    public override void AddMethod<TRequest, TResponse>(
        Method<TRequest, TResponse> method, DuplexStreamingServerMethod<TRequest, TResponse>? handler)
    {
        var run = Find<
            Func<TService, IAsyncStreamReader<TRequest>, IServerStreamWriter<TResponse>, ServerCallContext, Task>>(
            method,
            typeof(IAsyncStreamReader<TRequest>),
            typeof(IServerStreamWriter<TResponse>),
            typeof(ServerCallContext));
        Add(method, (service, call) => run(service, call.Requests, call.Responses, call.Context));
    }

    private void Add<TRequest, TResponse>(
        Method<TRequest, TResponse> method, Func<TService, ServerCall<TRequest, TResponse>, Task> invoke)
        where TRequest : class
        where TResponse : class
    {
        var handler = new MethodHandler<TService, TRequest, TResponse>(method, options, logger, invoke);
        _methods.Add(new BoundMethod(method, handler.HandleAsync));
    }

    private MethodInfo FindBindMethod()
    {
        for (Type? type = typeof(TService); type is not null; type = type.BaseType)
        {
            if (type.GetCustomAttribute<BindServiceMethodAttribute>(inherit: false) is not { } attribute)
                continue;

            _baseType = type;
            return attribute.BindType.GetMethod(
                attribute.BindMethodName, BindingFlags.Public | BindingFlags.Static, [typeof(ServiceBinderBase), type])
                ?? throw new InvalidOperationException(
                    $"{attribute.BindType} has no public static method {attribute.BindMethodName}(ServiceBinderBase, " +
                    $"{type.Name}), which BindServiceMethodAttribute on {type} names.");
        }

        throw new InvalidOperationException(
            $"'{typeof(TService)}' is not a gRPC service: neither it nor a base class has " +
            "BindServiceMethodAttribute. Derive it from the base class in generated code.");
    }

    private TDelegate Find<TDelegate>(IMethod method, params Type[] parameters)
        where TDelegate : Delegate
    {
        for (Type? type = typeof(TService); type is not null; type = type.BaseType)
        {
            MethodInfo? found = type.GetMethod(method.Name, BindingFlags.Public | BindingFlags.Instance, parameters);
            if (found is null)
                break;

            // A method that merely hides the base class's is passed over.
            if (found.IsVirtual && found.GetBaseDefinition().DeclaringType == _baseType)
                return found.CreateDelegate<TDelegate>();
        }

        throw new InvalidOperationException(
            $"Could not find '{method.Name}' on {typeof(TService)}: it has to be a public override of a virtual " +
            $"method of {_baseType}.");
    }
}
