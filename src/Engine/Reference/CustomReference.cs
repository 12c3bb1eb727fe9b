using FeatureService.Core.Calendar;
using FeatureService.Core.Columns;
using FeatureService.Engine.Definitions.Custom;

namespace FeatureService.Engine.Reference;

/// <summary>The value of an aggregate of C# in one cell.</summary>
/// <param name="zone">The catalog's zone.</param>
/// <param name="window">The window.</param>
/// <param name="kind">Its kind.</param>
/// <param name="kept">The events that count, in event order.</param>
/// <param name="end">The window's end.</param>
internal sealed class CustomReference(ZoneRules zone, ReferenceWindow window, WindowKind kind, IReadOnlyList<KeptEvent> kept, long end)
    : ICustomVisitor<object?>
{
    /// <inheritdoc/>
    public object? Visit<TState>(CustomAggregate<TState> aggregate)
        where TState : unmanaged
    {
        var result = aggregate.Finish(State(aggregate), end);
        if (!result.HasValue)
        {
            return null;
        }

        return aggregate.Result switch
        {
            ColumnType.Bool => result.Bits != 0,
            ColumnType.Float64 => BitConverter.Int64BitsToDouble(result.Bits),
            ColumnType.Date => (int)result.Bits,
            _ => result.Bits,
        };
    }

    private TState State<TState>(CustomAggregate<TState> aggregate)
        where TState : unmanaged
    {
        if (kept.Count == 0)
        {
            return aggregate.Empty;
        }

        return aggregate.CanMerge && kind != WindowKind.LastEvents
            ? window.Combine(aggregate.Empty, (state, e, _) => aggregate.Add(state, Event(aggregate, e)), (older, newer, _) => aggregate.Merge(older, newer))
            : kept.Aggregate(aggregate.Empty, (state, e) => aggregate.Add(state, Event(aggregate, e)));
    }

    private CustomEvent Event(CustomAggregate aggregate, KeptEvent e) => new(e.Time, zone.LocalDay(e.Time), e.Value switch
    {
        _ when aggregate.Input == ColumnType.None => 0,
        double number => BitConverter.DoubleToInt64Bits(number),
        long number => number,
        int day => day,
        true => 1,
        _ => 0,
    });
}
