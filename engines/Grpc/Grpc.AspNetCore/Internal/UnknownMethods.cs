using Grpc.Core;
using Grpc.Core.Internal;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Routing.Patterns;

namespace Grpc.AspNetCore.Server.Internal;

/// <summary>
/// Answers gRPC calls of services and methods that an application does not have. One for each application.
/// </summary>
internal sealed class UnknownMethods
{
    private readonly HashSet<string> _services = new(StringComparer.Ordinal);
    private bool _mapped;

    public void AddService(string name) => _services.Add(name);

    /// <summary>Maps the answer once; null when that was done before.</summary>
    public IEndpointConventionBuilder? Map(IEndpointRouteBuilder builder)
    {
        if (_mapped)
            return null;

        _mapped = true;
        RoutePattern pattern = RoutePatternFactory.Parse(
            "{service}/{method}", defaults: null, parameterPolicies: new { method = new GrpcOnly() });
        return builder.Map(pattern, AnswerAsync).WithDisplayName("gRPC - unknown method");
    }

    private Task AnswerAsync(HttpContext http)
    {
        bool known = _services.Contains((string?)http.Request.RouteValues["service"] ?? "");
        http.Response.ContentType = WireNames.ContentType;
        TrailerWriter.SetStatus(http.Response, new Status(
            StatusCode.Unimplemented, known ? "Method is unimplemented." : "Service is unimplemented."));
        return Task.CompletedTask;
    }

    /// <summary>Leaves every other request to the application's own routes.</summary>
    private sealed class GrpcOnly : IRouteConstraint
    {
        public bool Match(
            HttpContext? httpContext,
            IRouter? route,
            string routeKey,
            RouteValueDictionary values,
            RouteDirection routeDirection) =>
            httpContext is not null
            && HttpMethods.IsPost(httpContext.Request.Method)
            && WireNames.IsGrpc(httpContext.Request.ContentType);
    }
}
