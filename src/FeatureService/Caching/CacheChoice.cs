namespace FeatureService.Caching;

/// <summary>Why the cache is used for a column, or not.</summary>
internal enum ChoiceReason
{
    /// <summary>The request's policy says so.</summary>
    Policy,

    /// <summary>Computing costs several times fetching.</summary>
    Worth,

    /// <summary>Computing costs about as much as fetching, or less.</summary>
    Cheap,

    /// <summary>The request has a small part of each block, or few rows.</summary>
    Small,

    /// <summary>The other of the two is tried now and then, to measure it.</summary>
    Trial,
}

/// <summary>Whether the cache is used for a column, and why.</summary>
/// <param name="IsUsed">Whether it is.</param>
/// <param name="Reason">Why.</param>
/// <param name="ComputeNs">Nanoseconds of computing a value, as expected; 0 where nobody asked.</param>
/// <param name="FetchNs">Nanoseconds of fetching and decoding a value, as expected; 0 where nobody asked.</param>
internal readonly record struct CacheChoice(bool IsUsed, ChoiceReason Reason, double ComputeNs = 0, double FetchNs = 0)
{
    /// <summary>How many times more computing has to cost.</summary>
    public const double WorthFactor = 3;

    /// <summary>What the costs say.</summary>
    /// <param name="computeNs">Nanoseconds of computing a value.</param>
    /// <param name="fetchNs">Nanoseconds of fetching and decoding a value.</param>
    public static CacheChoice Of(double computeNs, double fetchNs)
    {
        var isWorth = computeNs >= WorthFactor * fetchNs;
        return new CacheChoice(isWorth, isWorth ? ChoiceReason.Worth : ChoiceReason.Cheap, computeNs, fetchNs);
    }

    /// <summary>The reason as metrics name it.</summary>
    public string Label => Reason.ToString().ToLowerInvariant();

    /// <summary>The reason as a person reads it.</summary>
    public string Text => Reason switch
    {
        ChoiceReason.Policy => "as the request says",
        ChoiceReason.Worth => "computing costs at least three times fetching",
        ChoiceReason.Cheap => "computing costs less than three times fetching",
        ChoiceReason.Small => "the request has a small part of each block, or few rows",
        _ => "tried to measure it",
    };
}
