namespace TorchSharp;

public static partial class torch
{
    public static partial class nn
    {
        /// <summary>A layer with one input.</summary>
        public abstract class Module<T, TResult> : Module, IModule<T, TResult>
        {
            protected Module(string name)
                : base(name)
            {
            }

            public abstract TResult forward(T input);

            public TResult call(T input) => forward(input);
        }

        public interface IModule<T, TResult>
        {
            public TResult call(T input1);
        }

        /// <summary>A layer with 2 inputs.</summary>
        public abstract class Module<T1, T2, TResult> : Module, IModule<T1, T2, TResult>
        {
            protected Module(string name)
                : base(name)
            {
            }

            public abstract TResult forward(T1 input1, T2 input2);

            public TResult call(T1 input1, T2 input2) => forward(input1, input2);
        }

        public interface IModule<T1, T2, TResult>
        {
            public TResult call(T1 input1, T2 input2);
        }

        /// <summary>A layer with 3 inputs.</summary>
        public abstract class Module<T1, T2, T3, TResult> : Module, IModule<T1, T2, T3, TResult>
        {
            protected Module(string name)
                : base(name)
            {
            }

            public abstract TResult forward(T1 input1, T2 input2, T3 input3);

            public TResult call(T1 input1, T2 input2, T3 input3) => forward(input1, input2, input3);
        }

        public interface IModule<T1, T2, T3, TResult>
        {
            public TResult call(T1 input1, T2 input2, T3 input3);
        }

        /// <summary>A layer with 4 inputs.</summary>
        public abstract class Module<T1, T2, T3, T4, TResult> : Module, IModule<T1, T2, T3, T4, TResult>
        {
            protected Module(string name)
                : base(name)
            {
            }

            public abstract TResult forward(T1 input1, T2 input2, T3 input3, T4 input4);

            public TResult call(T1 input1, T2 input2, T3 input3, T4 input4) => forward(input1, input2, input3, input4);
        }

        public interface IModule<T1, T2, T3, T4, TResult>
        {
            public TResult call(T1 input1, T2 input2, T3 input3, T4 input4);
        }
    }
}
