using System.Runtime.CompilerServices;
using FeatureService.Core.Columns;
using FeatureService.Engine.Expressions;
using FeatureService.Engine.Planning;
using FeatureService.Engine.Snapshots;

namespace FeatureService.Engine.Execution;

/// <summary>What a plan reads of one slice, fixed in memory for as long as a task runs.</summary>
internal sealed class SliceInput : IDisposable
{
    /// <summary>Fixes the slice's events.</summary>
    /// <param name="plan">The plan.</param>
    /// <param name="data">The slice.</param>
    /// <param name="binding">What texts mean in it.</param>
    /// <param name="isRecalled">Whether nothing is read of its events, as tile arrays are there in their place.</param>
    public SliceInput(Plan plan, SliceData data, SliceBinding binding, bool isRecalled = false)
    {
        Data = data;
        IsRecalled = isRecalled;
        Sources = isRecalled ? [] : [.. plan.Program.Sources.Select(source => new PinnedSource(data.Source(source.Source), source))];
        SourceBindings = binding.Sources;
        CellBinding = binding.Cells;
    }

    /// <summary>The slice.</summary>
    public SliceData Data { get; }

    /// <summary>Whether tile arrays are there in place of events.</summary>
    public bool IsRecalled { get; }

    /// <summary>By source of the plan; none where tile arrays are there in their place.</summary>
    public PinnedSource[] Sources { get; }

    /// <summary>By source of the plan.</summary>
    public Binding[] SourceBindings { get; }

    /// <summary>Of the expressions around aggregates.</summary>
    public Binding CellBinding { get; }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var source in Sources)
        {
            source.Dispose();
        }
    }
}

/// <summary>What a plan's texts mean in one slice.</summary>
/// <param name="Sources">By source of the plan.</param>
/// <param name="Cells">Of the expressions around aggregates.</param>
internal sealed record SliceBinding(Binding[] Sources, Binding Cells)
{
    // A small request would spend as much time on binding as on computing.
    private static readonly ConditionalWeakTable<Plan, ConditionalWeakTable<SliceData, SliceBinding>> _known = [];

    /// <summary>Binds a plan whose aggregates give no texts, and read no events.</summary>
    public static SliceBinding OfCells(Plan plan) => new([], plan.Program.Cells.Bind([.. plan.Program.Cells.Inputs.Select(_ => (StringTable?)null)]));

    /// <summary>The binding of a plan to a slice, kept for as long as both are.</summary>
    public static SliceBinding Of(Plan plan, SliceData data)
    {
        var ofPlan = _known.GetOrCreateValue(plan);
        return ofPlan.TryGetValue(data, out var known) ? known : ofPlan.GetValue(data, data => Bind(plan, data));
    }

    private static SliceBinding Bind(Plan plan, SliceData data)
    {
        var program = plan.Program;
        var sources = new Binding[program.Sources.Length];
        var aggregates = new StringTable?[program.AggregateCount];
        for (var i = 0; i < sources.Length; i++)
        {
            var source = program.Sources[i];
            sources[i] = source.Rows.Bind([.. source.Rows.Inputs.Select(input => data.Source(source.Source).Column(input.Index).Dictionary)]);
            foreach (var aggregate in source.Aggregates)
            {
                if (aggregate.Type == ColumnType.String)
                {
                    aggregates[aggregate.Index] = sources[i].Texts[source.Sets[aggregate.Set].Input];
                }
            }
        }

        return new SliceBinding(
            sources,
            program.Cells.Bind([.. program.Cells.Inputs.Select(input => input.Kind == ProgramInputKind.Aggregate ? aggregates[input.Index] : null)]));
    }
}
