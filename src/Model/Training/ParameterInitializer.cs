using DistSeq2Seq.Model.Data;

namespace DistSeq2Seq.Model.Training;

/// <summary>First values of the parameters: uniform in [-scale, scale], a function of the seed alone.</summary>
internal static class ParameterInitializer
{
    /// <summary>Fills <paramref name="parameters"/> in order.</summary>
    public static void Uniform(Span<float> parameters, double scale, long seed)
    {
        var stream = SeedMixer.Mix(SeedMixer.Finalize((ulong)seed), InitialStep);
        for (var i = 0; i < parameters.Length; i++)
        {
            var bits = SeedMixer.Mix(stream, (ulong)i);
            // The top 24 bits are a float32's precision: u in [0, 1).
            var uniform = (bits >> 40) * (1.0 / (1 << 24));
            parameters[i] = (float)(((2 * uniform) - 1) * scale);
        }
    }

    /// <summary>Keeps this stream apart from dropout's: no step has this number.</summary>
    private const ulong InitialStep = ulong.MaxValue;
}
