using Grpc.AspNetCore.Server;
using Grpc.AspNetCore.Server.Internal;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Microsoft.AspNetCore.Builder;

/// <summary>Maps gRPC services to routes.</summary>
public static class GrpcEndpointRouteBuilderExtensions
{
    /// <summary>
    /// Maps every method of a service. An instance is taken from the application's services for each call, or made for
    /// the call and disposed after it when the type is not registered.
    /// </summary>
    /// <typeparam name="TService">
    /// Derives from a class with <see cref="Grpc.Core.BindServiceMethodAttribute"/>, such as generated code has.
    /// </typeparam>
    /// <exception cref="InvalidOperationException">
    /// <c>AddGrpc</c> was not called, or the service cannot be bound.
    /// </exception>
    public static GrpcServiceEndpointConventionBuilder MapGrpcService<TService>(this IEndpointRouteBuilder builder)
        where TService : class
    {
        ArgumentNullException.ThrowIfNull(builder);
        UnknownMethods unknownMethods = builder.ServiceProvider.GetService<UnknownMethods>()
            ?? throw new InvalidOperationException(
                "The services that gRPC needs are missing: call IServiceCollection.AddGrpc before MapGrpcService.");
        ILoggerFactory loggers = builder.ServiceProvider.GetRequiredService<ILoggerFactory>();
        GrpcServiceOptions options = builder.ServiceProvider.GetRequiredService<IOptions<GrpcServiceOptions>>().Value;

        ILogger logger = loggers.CreateLogger("Grpc.AspNetCore.Server.ServerCallHandler");
        var binder = new ServiceBinder<TService>(options, logger);
        binder.Bind();
        var endpoints = new List<IEndpointConventionBuilder>();
        foreach (BoundMethod bound in binder.Methods)
        {
            endpoints.Add(builder
                .MapMethods(bound.Method.FullName, ["POST"], bound.Handler)
                .WithDisplayName($"gRPC - {bound.Method.FullName}"));
            unknownMethods.AddService(bound.Method.ServiceName);
        }

        if (unknownMethods.Map(builder) is { } fallback)
            endpoints.Add(fallback);
        return new GrpcServiceEndpointConventionBuilder(endpoints);
    }
}
