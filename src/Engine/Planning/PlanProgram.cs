using FeatureService.Core.Calendar;
using FeatureService.Engine.Definitions;
using FeatureService.Engine.Expressions;

namespace FeatureService.Engine.Planning;

/// <summary>What a plan computes: sources, then the expressions around their aggregates.</summary>
internal sealed class PlanProgram
{
    /// <summary>No slot: every row exists.</summary>
    public const int NoPopulation = -1;

    /// <summary>No slot: the column is not computed.</summary>
    public const int NotComputed = -1;

    /// <summary>The sources that are read.</summary>
    public required SourcePlan[] Sources { get; init; }

    /// <summary>The distinct windows.</summary>
    public required Window[] Windows { get; init; }

    /// <summary>The expressions around aggregates, by cells.</summary>
    public required VectorProgram Cells { get; init; }

    /// <summary>Number of aggregates.</summary>
    public required int AggregateCount { get; init; }

    /// <summary>What a cell of all columns costs, in values of the cheap kinds; at least 1.</summary>
    public required int CellWeight { get; init; }

    /// <summary>For each column of the output its slot in <see cref="Cells"/>; <see cref="NotComputed"/> where its values come from elsewhere.</summary>
    public required int[] OutputSlots { get; init; }

    /// <summary>The slot in <see cref="Cells"/> that says which rows exist; <see cref="NoPopulation"/> where all do.</summary>
    public required int PopulationSlot { get; init; }

    /// <summary>For each column, computed or not, the aggregates that it reads, features that it uses included.</summary>
    public required AggregateCall[][] Reads { get; init; }

    /// <summary>For each column the numbers of <see cref="Reads"/>, none of one that is not computed; behind the last column those of the population, where there is one.</summary>
    public required int[][] ReadNumbers { get; init; }

    /// <summary>By number an aggregate as a definition writes it.</summary>
    public required AggregateCall[] Calls { get; init; }

    /// <summary>By source of the catalog how often definitions write an aggregate of it.</summary>
    public required IReadOnlyDictionary<int, int> WrittenCounts { get; init; }
}
