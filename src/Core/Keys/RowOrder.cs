namespace FeatureService.Core.Keys;

/// <summary>
/// An order of listed rows in which a slice's rows stand together, in it an entity's, in it the weeks ascend. Entities come as the bits
/// of their keys' hashes go, of which the first are the partition and the slice.
/// </summary>
public static class RowOrder
{
    /// <summary>Bits of a week below those of its entity: weeks reach from 1900 to 2199, which are fewer than 2^14.</summary>
    private const int WeekBits = 14;

    /// <summary>Sorts rows.</summary>
    /// <param name="hashes">Each row's <see cref="EntityKey.Hash"/>; afterwards, in the new order, each row's place.</param>
    /// <param name="weeks">Each row's week, from any week on: from 0 to 16,383.</param>
    /// <returns>The rows' indexes in the new order.</returns>
    /// <remarks>Of two entities in 2^50 the rows may be mixed up with each other; they still are of one slice.</remarks>
    public static int[] Sort(ulong[] hashes, ReadOnlySpan<int> weeks)
    {
        var rows = new int[hashes.Length];
        for (var row = 0; row < rows.Length; row++)
        {
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)weeks[row], 1u << WeekBits, nameof(weeks));
            rows[row] = row;
            hashes[row] = (hashes[row] >> WeekBits << WeekBits) | (uint)weeks[row];
        }

        Array.Sort(hashes, rows);
        return rows;
    }

    /// <summary>Whether two places are one entity's.</summary>
    public static bool AreOfOneEntity(ulong left, ulong right) => left >> WeekBits == right >> WeekBits;
}
