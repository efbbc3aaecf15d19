using TorchSharp.Native;

namespace TorchSharp;

public static partial class torch
{
    /// <summary>A source of random numbers (on the CPU: Mersenne Twister).</summary>
    public class Generator : IDisposable
    {
        public Generator(ulong seed = 0, Device? device = null)
            : this(NativeMethods.dsq_generator_new(seed, InitializeDevice(device)), device ?? CPU)
        {
        }

        internal Generator(nint handle, Device? device = null)
        {
            if (handle == 0)
                CheckForErrors();
            Handle = handle;
            this.device = device ?? CPU;
        }

        ~Generator() => Dispose(false);

        /// <summary>A heap at::Generator*.</summary>
        public nint Handle { get; private set; }

        public Device device { get; private set; }

        /// <summary>The CPU's own generator, which operations use when they are given none.</summary>
        public static Generator Default => new(NativeMethods.dsq_generator_default());

        /// <summary>The whole state as bytes; 5,056 of them on the CPU.</summary>
        public Tensor get_state() => NativeMethods.dsq_generator_get_state(Handle);

        public void set_state(Tensor value) => NativeMethods.dsq_generator_set_state(Handle, value);

        public Generator manual_seed(long seed)
        {
            NativeMethods.dsq_generator_seed(Handle, seed);
            return this;
        }

        /// <summary>Seeds from the clock; returns the seed.</summary>
        public long seed()
        {
            var seed = DateTime.UtcNow.Ticks;
            manual_seed(seed);
            return seed;
        }

        public long initial_seed() => NativeMethods.dsq_generator_initial_seed(Handle);

        public void Dispose()
        {
            Dispose(true);
            GC.SuppressFinalize(this);
        }

        protected virtual void Dispose(bool disposing)
        {
            var handle = Handle;
            Handle = 0;
            if (handle != 0)
                NativeMethods.dsq_generator_dispose(handle);
        }
    }

    public static partial class random
    {
        public static long seed() => Generator.Default.seed();

        public static long initial_seed() => Generator.Default.initial_seed();

        /// <summary>Seeds the generators of all devices; returns the CPU's.</summary>
        public static Generator manual_seed(long seed)
        {
            NativeMethods.dsq_manual_seed(seed);
            return Generator.Default;
        }

        public static Tensor get_rng_state() => Generator.Default.get_state();

        public static void set_rng_state(Tensor new_state) => Generator.Default.set_state(new_state);
    }

    public static Generator manual_seed(long seed) => random.manual_seed(seed);

    public static long initial_seed() => random.initial_seed();

    public static Tensor get_rng_state() => random.get_rng_state();

    public static void set_rng_state(Tensor new_state) => random.set_rng_state(new_state);
}
