using FeatureService.Core.Columns;

namespace FeatureService.Ingest.Loading;

/// <summary>Which of some values are there.</summary>
/// <param name="bits">A bit a value, LSB first, 1 = there; empty where all are.</param>
/// <param name="offset">The first value's bit.</param>
internal readonly ref struct ValidBits(ReadOnlySpan<byte> bits, int offset)
{
    private readonly ReadOnlySpan<byte> _bits = bits;

    /// <summary>Whether all are there.</summary>
    public bool All => _bits.IsEmpty;

    /// <summary>Whether a value is there.</summary>
    public bool this[int index] => _bits.IsEmpty || Bitmap.Get(_bits, offset + index);

    /// <summary>Spreads the bits out.</summary>
    public void CopyTo(Span<bool> valid)
    {
        if (All)
        {
            valid.Fill(true);
            return;
        }

        for (var i = 0; i < valid.Length; i++)
        {
            valid[i] = Bitmap.Get(_bits, offset + i);
        }
    }
}
