namespace FeatureService.Caching;

/// <summary>Whether a backfill uses the cache.</summary>
public enum CachePolicy
{
    /// <summary>For columns whose computing costs at least <see cref="CacheChoice.WorthFactor"/> times fetching and decoding.</summary>
    Auto,

    /// <summary>For every column.</summary>
    Always,

    /// <summary>For none: it neither asks nor fills.</summary>
    Never,

    /// <summary>It does not ask, computes every column, and fills.</summary>
    Refresh,
}

/// <summary>The policies as people name them.</summary>
public static class CachePolicies
{
    /// <summary>A policy's name.</summary>
    /// <param name="policy">The policy.</param>
    public static string Label(this CachePolicy policy) => policy switch
    {
        CachePolicy.Always => "always",
        CachePolicy.Never => "never",
        CachePolicy.Refresh => "refresh",
        _ => "auto",
    };
}
