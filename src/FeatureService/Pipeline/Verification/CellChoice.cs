using System.IO.Hashing;
using System.Runtime.InteropServices;
using FeatureService.Core.Keys;

namespace FeatureService.Pipeline.Verification;

/// <summary>
/// Which cells are verified: by a hash of entity, week and column, so that the same cells are chosen whatever request they come with and
/// however it was cut.
/// </summary>
/// <param name="share">Share of the cells, 0 to 1.</param>
internal readonly struct CellChoice(double share)
{
    private const double HashRange = 18_446_744_073_709_551_616.0;

    /// <summary>The columns of a row that are verified: of a share below 1 one at most.</summary>
    /// <param name="key">The row's entity.</param>
    /// <param name="week">Number of its week.</param>
    /// <param name="columns">Number of columns.</param>
    public Range ColumnsOf(EntityKey key, int week, int columns)
    {
        if (share >= 1)
        {
            return ..columns;
        }

        Span<ulong> row = [key.Hash, (uint)week];
        var hash = XxHash3.HashToUInt64(MemoryMarshal.AsBytes(row));
        // One column of a row is chosen as often as its cells have their share together.
        var chance = Math.Min(1, share * columns);
        var column = (int)(XxHash3.HashToUInt64(MemoryMarshal.AsBytes(row), seed: 1) % (uint)Math.Max(1, columns));
        return hash < chance * HashRange && columns > 0 ? column..(column + 1) : ..0;
    }
}
