using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace FeatureService.Engine.Kernels;

/// <summary>Of two states that merge, the one that has events where the other has none.</summary>
/// <param name="olderCounts">Numbers of events of eight older states.</param>
/// <param name="newerCounts">Numbers of events of eight newer states.</param>
internal readonly struct Pick(Vector512<double> olderCounts, Vector512<double> newerCounts)
{
    private readonly Vector512<double> _noOlder = Vector512.Equals(olderCounts, Vector512<double>.Zero);
    private readonly Vector512<double> _noNewer = Vector512.Equals(newerCounts, Vector512<double>.Zero);

    /// <summary>One part of the eight states: what was merged only where both have events.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Vector512<double> Of(Vector512<double> older, Vector512<double> newer, Vector512<double> merged) =>
        Vector512.ConditionalSelect(_noOlder, newer, Vector512.ConditionalSelect(_noNewer, older, merged));
}
