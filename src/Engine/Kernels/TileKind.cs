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
}
