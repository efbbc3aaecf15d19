using Grpc.AspNetCore.Server;
using Grpc.AspNetCore.Server.Internal;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Grpc.AspNetCore.Server
{
    /// <summary>What <c>AddGrpc</c> returns.</summary>
    public interface IGrpcServerBuilder
    {
        /// <summary>The services being configured.</summary>
        public Microsoft.Extensions.DependencyInjection.IServiceCollection Services { get; }
    }
}

namespace Microsoft.Extensions.DependencyInjection
{
    /// <summary>Adds gRPC to an application's services.</summary>
    public static class GrpcServicesExtensions
    {
        /// <summary>Adds gRPC with default options.</summary>
        public static IGrpcServerBuilder AddGrpc(this IServiceCollection services)
        {
            ArgumentNullException.ThrowIfNull(services);
            services.AddRouting();
            services.AddOptions();
            services.TryAddSingleton<UnknownMethods>();
            return new GrpcServerBuilder(services);
        }

        /// <summary>Adds gRPC and sets options.</summary>
        public static IGrpcServerBuilder AddGrpc(
            this IServiceCollection services, Action<GrpcServiceOptions> configureOptions)
        {
            ArgumentNullException.ThrowIfNull(services);
            return services.Configure(configureOptions).AddGrpc();
        }

        private sealed record GrpcServerBuilder(IServiceCollection Services) : IGrpcServerBuilder;
    }
}
