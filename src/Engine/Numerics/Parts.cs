namespace FeatureService.Engine.Numerics;

/// <summary>
/// Constants as sums of two floats. A head has 26 bits: its product with another float of at most 27 bits, or with an exponent, is
/// exact. The rest is the nearest float to what is left, so that both together have about 80 bits;
/// the tests work them out again.
/// </summary>
internal static class Parts
{
    /// <summary>Natural logarithm of 2.</summary>
    public const double Ln2 = 0.6931471805599453;

    public const double Ln2Head = 0.6931471824645996;

    public const double Ln2Rest = -1.904654299957768e-09;

    /// <summary>Logarithm of e to base 2.</summary>
    public const double Log2E = 1.4426950408889634;

    public const double Log2EHead = 1.4426950514316559;

    public const double Log2ERest = -1.0542692476429138e-08;

    /// <summary>Keeps the first 26 bits of a float's fraction, the leading one counted.</summary>
    public const long HeadMask = ~((1L << 27) - 1);
}
