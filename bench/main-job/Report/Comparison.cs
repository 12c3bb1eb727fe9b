using static System.FormattableString;

namespace FeatureService.Bench.MainJob.Report;

/// <summary>How far two datasets agree, over every cell.</summary>
/// <param name="Rounded">Cells of columns with float sums that differ by one unit in the last place, as they may.</param>
/// <param name="Tied">Cells of a first or last event that differ for users with events at one instant, as they may.</param>
/// <param name="Different">Cells that differ and may not.</param>
/// <param name="First">The first such cell; null without one.</param>
internal sealed record Comparison(long Rounded, long Tied, long Different, string? First)
{
    /// <summary>Compares a peer's dataset with ours.</summary>
    /// <param name="work">The work.</param>
    /// <param name="ours">Our dataset.</param>
    /// <param name="peers">The peer's.</param>
    /// <param name="tiedUsers">Users with events at one instant.</param>
    public static Comparison Of(Work work, Cube ours, Cube peers, IReadOnlySet<int> tiedUsers)
    {
        if (ours.Rows != work.Rows || peers.Rows != work.Rows)
        {
            return new Comparison(0, 0, work.Cells, Invariant($"{ours.Rows} rows against {peers.Rows}, expected {work.Rows}"));
        }

        var result = new Comparison(0, 0, 0, null);
        for (var column = 0; column <= Work.Columns.Count; column++)
        {
            var name = column < Work.Columns.Count ? Work.Columns[column] : "row_status";
            result = result.With(work, name, ours[column], peers[column], tiedUsers);
        }

        return result;
    }

    private static bool OneStepApart(float a, float b) =>
        a.Equals(MathF.BitIncrement(b)) || a.Equals(MathF.BitDecrement(b));

    private Comparison With(Work work, string name, ReadOnlySpan<float> ours, ReadOnlySpan<float> peers, IReadOnlySet<int> tiedUsers)
    {
        var (rounded, tied, different, first) = (Rounded, Tied, Different, First);
        var mayRound = Work.Rounded.Contains(name);
        var mayChoose = Work.Ordered.Contains(name);
        for (var row = 0; row < ours.Length; row++)
        {
            // float.Equals takes NaN, which stands for null here, as equal to itself.
            if (ours[row].Equals(peers[row]))
            {
                continue;
            }

            if (mayRound && OneStepApart(ours[row], peers[row]))
            {
                rounded++;
                continue;
            }

            if (mayChoose && tiedUsers.Contains((row % work.Taxi.Users) + 1))
            {
                tied++;
                continue;
            }

            different++;
            first ??= Invariant(
                $"{name} of user {(row % work.Taxi.Users) + 1} in the week of {work.Taxi.FirstWeek.AddDays(7 * (row / work.Taxi.Users)):yyyy-MM-dd}: ours {ours[row]:R}, theirs {peers[row]:R}");
        }

        return new Comparison(rounded, tied, different, first);
    }
}
