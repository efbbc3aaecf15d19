namespace Grpc.Core;

/// <summary>
/// Is told the methods of a service, one by one. A server derives its own binder; a service's static bind method calls
/// it.
/// </summary>
public class ServiceBinderBase
{
    /// <summary>Adds a method with one request and one response.</summary>
    /// <param name="method">The method.</param>
    /// <param name="handler">Null when the binder itself finds the handler on the service's type.</param>
    public virtual void AddMethod<TRequest, TResponse>(
        Method<TRequest, TResponse> method, UnaryServerMethod<TRequest, TResponse>? handler)
        where TRequest : class
        where TResponse : class => throw new NotImplementedException();

    /// <summary>Adds a method with many requests and one response.</summary>
    /// <param name="method">The method.</param>
    /// <param name="handler">Null when the binder itself finds the handler on the service's type.</param>
    public virtual void AddMethod<TRequest, TResponse>(
        Method<TRequest, TResponse> method, ClientStreamingServerMethod<TRequest, TResponse>? handler)
        where TRequest : class
        where TResponse : class => throw new NotImplementedException();

    /// <summary>Adds a method with one request and many responses.</summary>
    /// <param name="method">The method.</param>
    /// <param name="handler">Null when the binder itself finds the handler on the service's type.</param>
    public virtual void AddMethod<TRequest, TResponse>(
        Method<TRequest, TResponse> method, ServerStreamingServerMethod<TRequest, TResponse>? handler)
        where TRequest : class
        where TResponse : class => throw new NotImplementedException();

    /// <summary>Adds a method with many requests and many responses.</summary>
    /// <param name="method">The method.</param>
    /// <param name="handler">Null when the binder itself finds the handler on the service's type.</param>
    public virtual void AddMethod<TRequest, TResponse>(
        Method<TRequest, TResponse> method, DuplexStreamingServerMethod<TRequest, TResponse>? handler)
        where TRequest : class
        where TResponse : class => throw new NotImplementedException();
}
