namespace FeatureService.Testing.Network;

/// <summary>What becomes of a connection at a fault.</summary>
public enum ProxyEnd
{
    /// <summary>Both sides get a reset.</summary>
    Reset,

    /// <summary>The client is told that the server sends no more; what the client sends still arrives.</summary>
    HalfClose,

    /// <summary>Nothing arrives any more in either direction, and both connections stay open.</summary>
    BlackHole,
}

/// <summary>What a proxy does to its connections. The default passes everything on at once.</summary>
public sealed record ProxyFault
{
    /// <summary>Passes everything on.</summary>
    public static ProxyFault None { get; } = new();

    /// <summary>How long each run of bytes is held back, in either direction.</summary>
    public TimeSpan Delay { get; init; }

    /// <summary>Up to so much more of it, at random.</summary>
    public TimeSpan Jitter { get; init; }

    /// <summary>Largest run of bytes that is passed on at a time.</summary>
    public int RunBytesMax { get; init; } = 64 << 10;

    /// <summary>Bytes of the server that pass on one connection before <see cref="End"/>; the run that reaches them is truncated.</summary>
    public long BytesMax { get; init; } = long.MaxValue;

    /// <summary>What happens behind <see cref="BytesMax"/>.</summary>
    public ProxyEnd End { get; init; } = ProxyEnd.Reset;

    /// <summary>Whether nothing is passed on in either direction, while connections are still taken and kept.</summary>
    public bool BlackHole { get; init; }

    /// <summary>Whether new connections are reset at once.</summary>
    public bool Refuse { get; init; }
}
