using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.IO.Hashing;
using System.Text;

namespace FeatureService.Core.Keys;

/// <summary>The two types that an entity's key can have.</summary>
public enum EntityKeyType : byte
{
    /// <summary>A 64-bit signed integer.</summary>
    Int64 = 1,

    /// <summary>UTF-8 text, ordered by its bytes.</summary>
    String = 2,
}

/// <summary>The key of one entity: an int64 or a text. Ordered as the rows of a slice are: integers by value, texts by bytes.</summary>
public readonly struct EntityKey : IEquatable<EntityKey>, IComparable<EntityKey>
{
    private readonly byte[]? _utf8;

    private EntityKey(long number, byte[]? utf8)
    {
        Number = number;
        _utf8 = utf8;
    }

    /// <summary>Which type the key has.</summary>
    public EntityKeyType Type => _utf8 is null ? EntityKeyType.Int64 : EntityKeyType.String;

    /// <summary>The integer; 0 for a text.</summary>
    public long Number { get; }

    /// <summary>The text's bytes; none for an integer.</summary>
    public ReadOnlySpan<byte> Utf8 => _utf8;

    /// <summary>XXH3-64 of the key's eight little-endian bytes, or of its UTF-8: what places it in a partition and slice.</summary>
    public ulong Hash => _utf8 is null ? HashOf(Number) : HashOf(_utf8);

    /// <summary>A key that is an integer.</summary>
    /// <param name="value">The integer.</param>
    public static EntityKey Of(long value) => new(value, null);

    /// <summary>A key that is a text.</summary>
    /// <param name="value">The text.</param>
    public static EntityKey Of(string value) => new(0, Encoding.UTF8.GetBytes(value));

    /// <summary>A key that is a text.</summary>
    /// <param name="utf8">The text's bytes; they are copied.</param>
    public static EntityKey Of(ReadOnlySpan<byte> utf8) => new(0, utf8.ToArray());

    /// <summary>Hash of an integer key.</summary>
    /// <param name="value">The integer.</param>
    public static ulong HashOf(long value)
    {
        Span<byte> bytes = stackalloc byte[sizeof(long)];
        BinaryPrimitives.WriteInt64LittleEndian(bytes, value);
        return XxHash3.HashToUInt64(bytes);
    }

    /// <summary>Hash of a text key.</summary>
    /// <param name="utf8">The text's bytes.</param>
    public static ulong HashOf(ReadOnlySpan<byte> utf8) => XxHash3.HashToUInt64(utf8);

    /// <summary>Reads a key as a person writes it on a command line.</summary>
    /// <param name="text">The text.</param>
    /// <param name="type">The type that the catalog says.</param>
    /// <param name="key">The key.</param>
    /// <returns>False where an int64 is wanted and the text is none.</returns>
    public static bool TryParse(string text, EntityKeyType type, out EntityKey key)
    {
        key = default;
        if (type == EntityKeyType.String)
        {
            key = Of(text);
            return true;
        }

        if (!long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number))
        {
            return false;
        }

        key = Of(number);
        return true;
    }

    /// <inheritdoc/>
    public int CompareTo(EntityKey other) => _utf8 is null || other._utf8 is null
        ? Number.CompareTo(other.Number)
        : _utf8.AsSpan().SequenceCompareTo(other._utf8);

    /// <inheritdoc/>
    public bool Equals(EntityKey other) => Type == other.Type && CompareTo(other) == 0;

    /// <inheritdoc/>
    public override bool Equals([NotNullWhen(true)] object? obj) => obj is EntityKey other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => (int)Hash;

    /// <inheritdoc/>
    public override string ToString() => _utf8 is null ? Number.ToString(CultureInfo.InvariantCulture) : Encoding.UTF8.GetString(_utf8);

    /// <summary>Equality by type and value.</summary>
    public static bool operator ==(EntityKey left, EntityKey right) => left.Equals(right);

    /// <summary>Inequality by type and value.</summary>
    public static bool operator !=(EntityKey left, EntityKey right) => !left.Equals(right);

    /// <summary>Order within a slice.</summary>
    public static bool operator <(EntityKey left, EntityKey right) => left.CompareTo(right) < 0;

    /// <summary>Order within a slice.</summary>
    public static bool operator >(EntityKey left, EntityKey right) => left.CompareTo(right) > 0;

    /// <summary>Order within a slice.</summary>
    public static bool operator <=(EntityKey left, EntityKey right) => left.CompareTo(right) <= 0;

    /// <summary>Order within a slice.</summary>
    public static bool operator >=(EntityKey left, EntityKey right) => left.CompareTo(right) >= 0;
}
