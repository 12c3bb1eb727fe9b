using System.Collections.Immutable;
using FeatureService.Core.Calendar;
using FeatureService.Core.Keys;
using FeatureService.Engine.Definitions;
using FeatureService.Ingest.Loading;

namespace FeatureService.Ingest.Inputs;

/// <summary>One source once its inputs' schemas are known.</summary>
internal sealed record SourceSchema
{
    /// <summary>The source with the types of its columns.</summary>
    public required EventSource Source { get; init; }

    /// <summary>The source as the catalog's file says it.</summary>
    public required SourceFile File { get; init; }

    /// <summary>The type of the entity's key.</summary>
    public required EntityKeyType EntityType { get; init; }

    /// <summary>The instant before which the source is whole, from the catalog; null where it says nothing. Facts without time are always whole.</summary>
    public required long? CompleteUntil { get; init; }

    /// <summary>The files in the order that breaks ties.</summary>
    public required ImmutableArray<InputFile> Inputs { get; init; }

    /// <summary>Zone of stamps without zone.</summary>
    public ZoneRules StampZone => File.StampZone;

    /// <summary>How the entity and columns that are no times of the source are read.</summary>
    public ColumnReading Reading => new(File.StampZone, File.NanIsNull);

    /// <summary>How the time and the availability are read.</summary>
    public ColumnReading TimeReading => Reading with { Unit = File.TimeUnit, Format = File.TimeFormat };

    /// <summary>
    /// Indexes in the source's columns of those that break ties of time, the first before the next; what they leave keeps its position
    /// in the input. The rows of a query have no position to rely on, so all their columns break ties.
    /// </summary>
    public ImmutableArray<int> TieColumns
    {
        get
        {
            int[] order = File.OrderColumn is { } name ? [Source.IndexOf(name)] : [];
            return File.Postgres is null ? [.. order] : [.. order.Concat(Enumerable.Range(0, Source.Columns.Length)).Distinct()];
        }
    }
}

/// <summary>A run of rows of a file as they were read.</summary>
internal abstract class InputBlock
{
    /// <summary>Casts the rows into the source's columns.</summary>
    public abstract RowChunk Decode();
}

/// <summary>What the values of an input's column are before a cast.</summary>
internal enum InputKind
{
    /// <summary>Text without a type of its own, as in CSV.</summary>
    Untyped,
    Null,
    Bool,
    Int64,
    Float64,
    Decimal,
    String,
    Date,
    Timestamp,

    /// <summary>A type that no column of a source can have.</summary>
    Other,
}

/// <summary>One column of an input.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Kind">What its values are.</param>
/// <param name="TypeName">The type as the format calls it, for messages.</param>
internal sealed record InputColumn(string Name, InputKind Kind, string TypeName);
