namespace FeatureService.Core.Columns.Encodings;

/// <summary>Encodings that a reader understands; <see cref="ColumnEncoding.Plain"/> always is one of them.</summary>
public readonly record struct EncodingSet
{
    private readonly uint _bits;

    private EncodingSet(uint bits) => _bits = bits;

    /// <summary>PLAIN alone.</summary>
    public static EncodingSet Plain { get; }

    /// <summary>All encodings.</summary>
    public static EncodingSet All { get; } = Enum.GetValues<ColumnEncoding>().Aggregate(Plain, (set, encoding) => set.With(encoding));

    /// <summary>Whether PLAIN is the only one.</summary>
    public bool IsPlain => (_bits & ~Bit(ColumnEncoding.Plain)) == 0;

    /// <summary>These and one more.</summary>
    public EncodingSet With(ColumnEncoding encoding) => new(_bits | Bit(encoding));

    /// <summary>Whether the reader understands one.</summary>
    public bool Contains(ColumnEncoding encoding) => encoding == ColumnEncoding.Plain || (_bits & Bit(encoding)) != 0;

    private static uint Bit(ColumnEncoding encoding) => 1u << (int)encoding;
}
