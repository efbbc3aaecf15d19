using System.Linq.Expressions;

namespace Akka.Actor;

/// <summary>Makes actors in a way of its own, for instance from a container.</summary>
public interface IIndirectActorProducer
{
    /// <summary>The type it makes.</summary>
    Type ActorType { get; }

    /// <summary>Makes a new instance.</summary>
    ActorBase Produce();

    /// <summary>Takes back an instance that has ended.</summary>
    void Release(ActorBase actor);
}

/// <summary>The recipe for an actor; immutable, used again at each restart.</summary>
public class Props
{
    private readonly IIndirectActorProducer _producer;

    private Props(Type type, object[] arguments, IIndirectActorProducer producer, string dispatcher, SupervisorStrategy strategy)
    {
        (Type, Arguments, _producer, Dispatcher, SupervisorStrategy) = (type, arguments, producer, dispatcher, strategy);
    }

    /// <summary>The actor's type.</summary>
    public Type Type { get; }

    /// <summary>What its constructor gets.</summary>
    public object[] Arguments { get; }

    /// <summary>The configuration path of its dispatcher.</summary>
    public string Dispatcher { get; }

    /// <summary>The strategy for its children, in place of the actor's own; or null.</summary>
    public SupervisorStrategy SupervisorStrategy { get; }

    /// <summary>From <c>() =&gt; new T(…)</c>; the arguments are worked out now, once.</summary>
    /// <exception cref="ArgumentException">The expression is not <c>new T(…)</c>.</exception>
    public static Props Create<TActor>(Expression<Func<TActor>> factory, SupervisorStrategy supervisorStrategy = null)
        where TActor : ActorBase
    {
        if (factory.Body is UnaryExpression)
            throw new ArgumentException($"Cannot create Props from dynamic expression [{factory}]");
        if (factory.Body is not NewExpression creation)
            throw new ArgumentException("The create function must be a 'new T (args)' expression");
        var arguments = creation.Arguments
            .Select(a => Expression.Lambda<Func<object>>(Expression.Convert(a, typeof(object))).Compile(preferInterpretation: true)())
            .ToArray();
        return Make(creation.Type, arguments, supervisorStrategy);
    }

    /// <summary>From constructor arguments.</summary>
    public static Props Create<TActor>(params object[] args) where TActor : ActorBase => Make(typeof(TActor), args, null);

    /// <summary>From a parameterless constructor, with a strategy for the children.</summary>
    public static Props Create<TActor>(SupervisorStrategy supervisorStrategy) where TActor : ActorBase, new() =>
        Make(typeof(TActor), [], supervisorStrategy);

    /// <summary>From a type and constructor arguments.</summary>
    public static Props Create(Type type, params object[] args)
    {
        ArgumentNullException.ThrowIfNull(type);
        return Make(type, args, null);
    }

    /// <summary>From a producer.</summary>
    public static Props CreateBy(IIndirectActorProducer producer, params object[] args)
    {
        ArgumentNullException.ThrowIfNull(producer);
        return new Props(producer.ActorType, args, producer, "", null);
    }

    /// <summary>The same with another dispatcher.</summary>
    public Props WithDispatcher(string dispatcher) => new(Type, Arguments, _producer, dispatcher, SupervisorStrategy);

    /// <summary>The same with a strategy for the children.</summary>
    public Props WithSupervisorStrategy(SupervisorStrategy supervisorStrategy) =>
        new(Type, Arguments, _producer, Dispatcher, supervisorStrategy);

    /// <summary>Makes an instance; only the engine calls this.</summary>
    public virtual ActorBase NewActor()
    {
        if (_producer != null) return _producer.Produce();
        try
        {
            const System.Reflection.BindingFlags Any = System.Reflection.BindingFlags.Instance | System.Reflection.BindingFlags.Public |
                System.Reflection.BindingFlags.NonPublic | System.Reflection.BindingFlags.DoNotWrapExceptions;
            return (ActorBase)Activator.CreateInstance(Type, Any, null, Arguments, null);
        }
        catch (MissingMethodException e)
        {
            throw new ArgumentException(
                $"[{Type}] has no constructor for ({string.Join(", ", Arguments.Select(a => a?.GetType().Name ?? "null"))}).", e);
        }
    }

    private static Props Make(Type type, object[] arguments, SupervisorStrategy strategy) => new(type, arguments ?? [], null, "", strategy);
}
