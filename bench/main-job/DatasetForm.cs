using FeatureService.Bench.MainJob.Report;

namespace FeatureService.Bench.MainJob;

/// <summary>What a dataset of ours is written as.</summary>
/// <param name="Name">How the report calls it.</param>
/// <param name="Key">Its name in files and folders.</param>
/// <param name="View">The view.</param>
/// <param name="Options">Options of <c>dataset build</c>.</param>
internal sealed record DatasetForm(string Name, string Key, string View, params string[] Options)
{
    /// <summary>float32 in zstd Parquet.</summary>
    public static DatasetForm Zstd { get; } = new("zstd Parquet", "zstd", Work.View, "--compression", "zstd");

    /// <summary>The same with each number in its own type.</summary>
    public static DatasetForm OwnTypes { get; } = new("zstd Parquet of int64 and float64", "own", Work.OwnTypesView, "--compression", "zstd");

    /// <summary>float32 in Arrow files, which are not compressed.</summary>
    public static DatasetForm Arrow { get; } = new("uncompressed Arrow", "arrow", Work.View, "--format", "arrow") { Reader = Cube.OfArrow };

    /// <summary>Reads an output folder. Default: as Parquet.</summary>
    public Func<Work, string, Cube> Reader { get; private init; } = Cube.OfParquet;

    /// <summary>zstd Parquet of a view of which one feature has been edited since another dataset.</summary>
    /// <param name="previous">The other dataset.</param>
    public static DatasetForm Reusing(string previous) => new("one feature edited, --reuse", "reuse", Work.EditedView, "--reuse", previous);
}
