using FeatureService.Engine.Execution;
using FeatureService.Engine.Planning;
using FeatureService.Pipeline.Requests;
using FeatureService.Pipeline.Verification;

namespace FeatureService.Pipeline;

/// <summary>Rows of a minibatch that are computed together: about as many as a message holds.</summary>
/// <param name="Minibatch">The minibatch.</param>
/// <param name="FirstRow">Number of the first row.</param>
/// <param name="RowCount">How many; 0 of a minibatch whose rows are wrong.</param>
internal readonly record struct MinibatchPart(ReadMinibatch Minibatch, int FirstRow, int RowCount)
{
    /// <summary>The minibatch's id.</summary>
    public ulong Id => Minibatch.Id;

    /// <summary>Whether nothing of the minibatch is left behind it.</summary>
    public bool EndsMinibatch => FirstRow + RowCount == (Minibatch.Rows?.Keys.Count ?? 0);

    /// <summary>Cuts a minibatch.</summary>
    /// <param name="minibatch">The minibatch.</param>
    /// <param name="rowsMax">Rows of a part.</param>
    public static IEnumerable<MinibatchPart> Of(ReadMinibatch minibatch, int rowsMax)
    {
        var count = minibatch.Rows?.Keys.Count ?? 0;
        for (var first = 0; first == 0 || first < count; first += rowsMax)
        {
            yield return new MinibatchPart(minibatch, first, Math.Min(rowsMax, count - first));
        }
    }

    /// <summary>What the workers compute for it.</summary>
    /// <param name="plan">The stream's plan.</param>
    /// <param name="verifier">Verifies a share of it.</param>
    public RowsWork Work(Plan plan, Verifier verifier)
    {
        var (all, first, count) = (Minibatch.Rows!, FirstRow, RowCount);
        return new RowsWork(plan, () => RowsRun.OfList(plan, all.Keys.Slice(first, count), all.Weeks.Slice(first, count)), verifier);
    }
}
