using FeatureService.Core.Columns;
using FeatureService.Engine.Definitions;
using FeatureService.Engine.Definitions.Custom;
using FeatureService.Engine.Kernels;

namespace FeatureService.Engine.Planning;

/// <summary>Which events count for some aggregates.</summary>
/// <param name="Where">Slot of the filter in the source's program; -1 where all events count.</param>
/// <param name="Input">Slot of the value that must not be null; -1 where rows count.</param>
/// <param name="SeesAll">Whether events count before they are known: of labels, and of sources that know all at once.</param>
internal readonly record struct SetPlan(int Where, int Input, bool SeesAll);

/// <summary>How the values of events are handed to a kernel.</summary>
internal enum ValueForm : byte
{
    /// <summary>Int64; bools as 1 and 0, texts as codes.</summary>
    Integer,

    /// <summary>Float64; int64 and bools converted.</summary>
    Float,

    /// <summary>Int64 that order and equal as the values do; of floats their bits, with one zero and one NaN.</summary>
    Key,
}

/// <summary>Values of a set's events in one form.</summary>
/// <param name="Set">The set.</param>
/// <param name="Slot">Slot of the values in the source's program; none is null for an event of the set.</param>
/// <param name="Form">The form.</param>
internal readonly record struct ValuePlan(int Set, int Slot, ValueForm Form);

/// <summary>Tiles that several windows may share.</summary>
/// <param name="Values">The values that are folded, by index in <see cref="SourcePlan.Values"/>.</param>
/// <param name="Kind">The kind of state.</param>
/// <param name="Decay">How the states lose weight, one object for each half life of a plan; null of states that keep it.</param>
internal readonly record struct TilePlan(int Values, TileKind Kind, Decay? Decay);

/// <summary>One window of some tiles, which several aggregates may share.</summary>
/// <param name="Tiles">The tiles, by index in <see cref="SourcePlan.Tiles"/>.</param>
/// <param name="Window">The window, by index in <see cref="PlanProgram.Windows"/>.</param>
internal readonly record struct TileWindowPlan(int Tiles, int Window);

/// <summary>One aggregate.</summary>
/// <param name="Index">Number in the plan: which input of the program around aggregates it is.</param>
/// <param name="Function">Which aggregate.</param>
/// <param name="Arguments">Its constant arguments.</param>
/// <param name="Custom">The aggregate of C#; null of others.</param>
/// <param name="Type">Type of the result.</param>
/// <param name="InputType">Type of what is aggregated; none of rows.</param>
/// <param name="Set">The events that count, by index in <see cref="SourcePlan.Sets"/>.</param>
/// <param name="Values">Their values, by index in <see cref="SourcePlan.Values"/>; -1 where only the events matter.</param>
/// <param name="Order">What the events are compared by, by index in <see cref="SourcePlan.Values"/>; -1 where they are not.</param>
/// <param name="TileWindow">The states it is made of, by index in <see cref="SourcePlan.TileWindows"/>; -1 where it needs none.</param>
/// <param name="Window">The window, by index in <see cref="PlanProgram.Windows"/>.</param>
internal readonly record struct AggregatePlan(
    int Index,
    AggregateFunction Function,
    AggregateArguments Arguments,
    CustomAggregate? Custom,
    ColumnType Type,
    ColumnType InputType,
    int Set,
    int Values,
    int Order,
    int TileWindow,
    int Window);
