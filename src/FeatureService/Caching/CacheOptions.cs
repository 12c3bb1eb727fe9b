namespace FeatureService.Caching;

/// <summary>What the cache may use, and where it is. Immutable.</summary>
public sealed record CacheOptions
{
    /// <summary>
    /// Address of Redis: <c>HOST:PORT</c>, several with a comma between, and options of StackExchange.Redis as <c>ssl=true</c>; or
    /// <c>env:NAME</c> or <c>file:PATH</c>, which hold one, with a password. Null, the default: the process's memory alone.
    /// </summary>
    public string? Redis { get; init; }

    /// <summary>What keys in Redis start with; default <c>features</c>.</summary>
    public string Namespace { get; init; } = "features";

    /// <summary>How long Redis keeps an entry, give or take a tenth; default 7 days.</summary>
    public TimeSpan Lifetime { get; init; } = TimeSpan.FromDays(7);

    /// <summary>The largest value, in bytes: a larger one is not kept; default 256 KiB, so that one answer does not hold up others for long.</summary>
    public int ValueBytesMax { get; init; } = 256 << 10;

    /// <summary>Memory for blocks that were used lately, in bytes; 0 for none. Default 256 MiB.</summary>
    public long MemoryBytes { get; init; } = 256L << 20;

    /// <summary>How long one batch of commands may take; default 100 ms.</summary>
    public TimeSpan CallMax { get; init; } = TimeSpan.FromMilliseconds(100);

    /// <summary>Bytes that wait to be packed or written; what does not fit is not kept. Default 64 MiB.</summary>
    public long PendingBytesMax { get; init; } = 64L << 20;

    /// <summary>Whether there is anything to keep entries in.</summary>
    public bool IsOn => Redis is not null || MemoryBytes > 0;
}
