namespace FeatureService.Engine.Kernels;

/// <summary>The states that tiles can have.</summary>
internal enum TileKind : byte
{
    /// <summary>Sum of float64.</summary>
    Sum,

    /// <summary>Least key.</summary>
    Min,

    /// <summary>Greatest key.</summary>
    Max,

    /// <summary>Count, mean, squared deviations.</summary>
    Moments,

    /// <summary>Count, mean, sums of squared, cubed and fourth powers of deviations.</summary>
    HigherMoments,

    /// <summary>Count, means of time and value, sums of squared and of joint deviations.</summary>
    Slope,

    /// <summary>Sum of float64 that lose weight with time.</summary>
    Decay,
}
