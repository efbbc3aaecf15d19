using FsCheck;
using FsCheck.Fluent;
using Xunit;

namespace DistSeq2Seq.Exchange.Tests;

public class BFloat16Tests
{
    private static readonly Arbitrary<float[]> AnyFloats =
        Gen.Choose(int.MinValue, int.MaxValue).Select(BitConverter.Int32BitsToSingle).ArrayOf().ToArbitrary();

    [Theory]
    [InlineData(0x00000000u, 0x0000)] // zero
    [InlineData(0x80000000u, 0x8000)] // negative zero
    [InlineData(0x3F800000u, 0x3F80)] // one
    [InlineData(0x3F808000u, 0x3F80)] // a tie, to the even one below
    [InlineData(0x3F818000u, 0x3F82)] // a tie, to the even one above
    [InlineData(0x3F808001u, 0x3F81)] // just above a tie
    [InlineData(0x3F807FFFu, 0x3F80)] // just below a tie
    [InlineData(0xBF818000u, 0xBF82)] // the same of the other sign
    [InlineData(0x3FFFFFFFu, 0x4000)] // carries into the exponent
    [InlineData(0x7F7FFFFFu, 0x7F80)] // the largest number becomes infinite
    [InlineData(0x7F7F7FFFu, 0x7F7F)] // the largest that does not
    [InlineData(0x7F800000u, 0x7F80)] // infinity
    [InlineData(0xFF800000u, 0xFF80)] // negative infinity
    [InlineData(0x00000001u, 0x0000)] // the smallest subnormal
    [InlineData(0x00008000u, 0x0000)] // a tie among subnormals
    [InlineData(0x00008001u, 0x0001)] // above it
    [InlineData(0x00018000u, 0x0002)] // another tie
    [InlineData(0x007FFFFFu, 0x0080)] // the largest subnormal becomes normal
    [InlineData(0x7FC00000u, 0x7FC0)] // quiet NaN
    [InlineData(0x7F800001u, 0x7FC0)] // a NaN whose upper half alone would be infinity
    [InlineData(0xFFFFFFFFu, 0xFFFF)] // a NaN that adding would carry into zero
    public void Narrow_KnownBits_AreRoundedToNearestEven(uint bits, int expected)
    {
        var values = new float[67]; // whole vectors and a rest
        Array.Fill(values, BitConverter.UInt32BitsToSingle(bits));
        var narrow = new ushort[values.Length];
        BFloat16.Narrow(values, narrow);
        Assert.All(narrow, n => Assert.Equal(expected, n));
    }

    [Fact]
    public void Narrow_AnyNumbers_AreTheNearestOnesAsArithmeticHasIt() =>
        Prop.ForAll(AnyFloats, values =>
        {
            var narrow = new ushort[values.Length];
            BFloat16.Narrow(values, narrow);
            var expected = RandomFloats.Rounded(values);
            for (var i = 0; i < values.Length; i++)
            {
                if (float.IsNaN(values[i]))
                    Assert.True(float.IsNaN(BFloat16.Widen(narrow[i])));
                // beyond, arithmetic would need a larger exponent
                else if (Math.Abs((double)values[i]) < (2 - Math.ScaleB(1, -8)) * Math.ScaleB(1, 127))
                    Assert.Equal(BitConverter.SingleToUInt32Bits(expected[i]), BitConverter.SingleToUInt32Bits(BFloat16.Widen(narrow[i])));
                else
                    Assert.True(float.IsInfinity(BFloat16.Widen(narrow[i])));
                Assert.Equal(narrow[i], BFloat16.Narrow(values[i])); // vectors and single values agree
            }
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Widen_EveryPattern_ComesBackUnchanged()
    {
        var all = Enumerable.Range(0, 1 << 16).Select(i => (ushort)i).ToArray();
        var wide = new float[all.Length];
        BFloat16.Widen(all, wide);
        var back = new ushort[all.Length];
        BFloat16.Narrow(wide, back);
        for (var i = 0; i < all.Length; i++)
        {
            Assert.Equal((uint)i << 16, BitConverter.SingleToUInt32Bits(wide[i]));
            Assert.Equal(float.IsNaN(wide[i]) ? i | 0x40 : i, back[i]); // a signalling NaN comes back quiet
        }
    }

    [Fact]
    public void Narrow_OtherLength_Throws()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => BFloat16.Narrow(new float[3], new ushort[4]));
        Assert.Throws<ArgumentOutOfRangeException>(() => BFloat16.Widen(new ushort[3], new float[4]));
    }
}
