using System.Globalization;
using System.IO.Hashing;
using System.Text;
using System.Text.Json.Serialization;
using FeatureService.Client.FanOut;
using FeatureService.Client.Transport;
using FeatureService.Core.Columns;

namespace FeatureService.Client.Datasets;

/// <summary>What decides a dataset's content and parts: two builds that agree in it may share parts.</summary>
public record BuildIdentity
{
    /// <summary>Version of the files that describe datasets.</summary>
    public const int FormatVersionNow = 2;

    /// <summary>So many columns of a kind that differ are named.</summary>
    private const int ColumnsTold = 5;

    /// <summary>Version of this file's form.</summary>
    public int FormatVersion { get; init; } = FormatVersionNow;

    /// <summary>Id of the snapshot's content.</summary>
    public required string Snapshot { get; init; }

    /// <summary>Name of the view.</summary>
    public required string View { get; init; }

    /// <summary>Hash of the view.</summary>
    public required string ViewVersion { get; init; }

    /// <summary>The view's text.</summary>
    public required string Definition { get; init; }

    /// <summary>Version of what values mean.</summary>
    public required int EngineVersion { get; init; }

    /// <summary>The weeks; of a spine the first, the last, and how many different ones. Null for a spine without rows.</summary>
    public required ManifestWeeks? Weeks { get; init; }

    /// <summary><c>all</c>, the hash of the entities named, or <c>spine</c>.</summary>
    public required string Entities { get; init; }

    /// <summary>Whether every row exists, whatever the view's population says.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool IgnorePopulation { get; init; }

    /// <summary>The spine; null for a grid.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public ManifestSpine? Spine { get; init; }

    /// <summary>The columns.</summary>
    public required IReadOnlyList<ManifestColumn> Columns { get; init; }

    /// <summary>The file format.</summary>
    public required string Format { get; init; }

    /// <summary>Choices of the format, such as the compression.</summary>
    public required string FormatSettings { get; init; }

    /// <summary>Number of shards.</summary>
    public required int Shards { get; init; }

    /// <summary>What is said of files of another version.</summary>
    [JsonIgnore]
    internal string OtherVersion => string.Create(CultureInfo.InvariantCulture, $"another format version: {FormatVersion} there, {FormatVersionNow} now");

    internal static BuildIdentity Of(BackfillPlan plan, IDatasetFormat format) =>
        Of(plan.Target, format, plan.Target.Columns, plan.Shards.Count) with
        {
            Weeks = new ManifestWeeks(plan.Weeks.First, plan.Weeks.Last, plan.WeekCount, plan.Weeks.Step == 1 ? null : plan.Weeks.Step),
            Entities = EntitiesOf(plan),
            IgnorePopulation = plan.IgnorePopulation,
        };

    /// <summary>All but the rows.</summary>
    internal static BuildIdentity Of(ViewOnSnapshot target, IDatasetFormat format, IEnumerable<DatasetColumn> columns, int shards) => new()
    {
        Snapshot = target.Snapshot.Id,
        View = target.View.Name,
        ViewVersion = target.View.Version,
        Definition = target.View.Definition,
        EngineVersion = target.EngineVersion,
        Weeks = null,
        Entities = "",
        Columns = [.. columns.Select(c => new ManifestColumn(c.Name, c.Type.Name(), RoleName(c.Role), c.Fingerprint))],
        Format = format.Name,
        FormatSettings = format.Settings,
        Shards = shards,
    };

    /// <summary>What differs from another build, one line each; nothing where they may share parts.</summary>
    /// <param name="now">The other build.</param>
    internal IEnumerable<string> Differences(BuildIdentity now)
    {
        (string Name, object There, object Now)[] facts =
        [
            ("snapshot", Snapshot, now.Snapshot),
            ("definition (view version)", ViewVersion, now.ViewVersion),
            ("engine version", EngineVersion, now.EngineVersion),
            ("weeks", Text(Weeks), Text(now.Weeks)),
            ("entities", Entities, now.Entities),
            ("population ignored", IgnorePopulation, now.IgnorePopulation),
            ("spine", Text(Spine), Text(now.Spine)),
            ("format", Format, now.Format),
            // Of another format they are other settings.
            ("format settings", FormatSettings, Format == now.Format ? now.FormatSettings : FormatSettings),
            ("shards", Shards, now.Shards),
        ];
        var columns = Columns.SequenceEqual(now.Columns) ? [] : new[] { $"columns: {ColumnDifferences(now)}" };
        return [.. facts.Where(f => !f.There.Equals(f.Now)).Select(f => $"{f.Name}: {f.There} there, {f.Now} now"), .. columns];
    }

    private string ColumnDifferences(BuildIdentity now)
    {
        var there = Columns.ToDictionary(c => c.Name);
        var here = now.Columns.ToDictionary(c => c.Name);
        var changed = Columns.Where(c => here.TryGetValue(c.Name, out var other) && other != c);
        string[] told =
        [
            Listed("changed", changed.Select(c => c.Name)),
            Listed("only there", there.Keys.Except(here.Keys)),
            Listed("only now", here.Keys.Except(there.Keys)),
        ];
        return told.Any(part => part.Length > 0) ? string.Join("; ", told.Where(part => part.Length > 0)) : "in another order";
    }

    private static string Listed(string what, IEnumerable<string> names)
    {
        string[] all = [.. names];
        var more = all.Length > ColumnsTold ? $" and {all.Length - ColumnsTold} more" : "";
        return all.Length == 0 ? "" : $"{what} {string.Join(", ", all.Take(ColumnsTold))}{more}";
    }

    private static string Text(object? fact) => fact?.ToString() ?? "none";

    private static string EntitiesOf(BackfillPlan plan)
    {
        if (plan.Shards.All(s => s.Keys is null))
        {
            return "all";
        }

        var hash = new XxHash128();
        foreach (var key in plan.Shards.SelectMany(s => s.Keys!))
        {
            hash.Append(Encoding.UTF8.GetBytes($"{key}\0"));
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    private static string RoleName(DatasetColumnRole role) => role switch
    {
        DatasetColumnRole.Entity => "entity",
        DatasetColumnRole.Week => "week",
        DatasetColumnRole.Spine => "spine",
        DatasetColumnRole.Feature => "feature",
        DatasetColumnRole.Label => "label",
        _ => "row_status",
    };
}

/// <summary>Weeks of a dataset.</summary>
/// <param name="First">First day of the first week.</param>
/// <param name="Last">First day of the last week.</param>
/// <param name="Count">Number of weeks.</param>
/// <param name="Step">Weeks from one to the next; null for every week.</param>
public sealed record ManifestWeeks(
    string First, string Last, int Count, [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] int? Step = null)
{
    /// <inheritdoc/>
    public override string ToString() => Step is null ? $"{First}..{Last}" : $"{First}..{Last}/{Step}";
}

/// <summary>The rows of a dataset that a caller has listed.</summary>
/// <param name="Rows">Number of rows.</param>
/// <param name="ContentHash">Hash of the names, types and values of its columns, weeks being what the rows stand for, in row order.</param>
/// <param name="RowsPerShard">Rows of each part but the last.</param>
/// <param name="TimeColumn">The column of instants; null where the weeks were given.</param>
/// <param name="Distances">How far the instants lie behind the cutoffs of their weeks; null where the weeks were given, or without rows.</param>
public sealed record ManifestSpine(
    long Rows,
    string ContentHash,
    int RowsPerShard,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? TimeColumn = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] ManifestDistances? Distances = null)
{
    /// <inheritdoc/>
    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"{Rows} rows{(TimeColumn is null ? "" : $" by {TimeColumn}")}, content hash {ContentHash}");
}

/// <summary>Instants minus the cutoffs of their weeks, in microseconds.</summary>
/// <param name="MinMicros">The least.</param>
/// <param name="MedianMicros">The median, the lower one of two, floored to a second.</param>
/// <param name="MaxMicros">The greatest.</param>
public sealed record ManifestDistances(long MinMicros, long MedianMicros, long MaxMicros);

/// <summary>One column of a dataset.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Type">Type of its values.</param>
/// <param name="Role"><c>entity</c>, <c>week</c>, <c>spine</c> (the caller's own), <c>feature</c>, <c>label</c> or <c>row_status</c>.</param>
/// <param name="Fingerprint">For features and labels the hash of the definition.</param>
public sealed record ManifestColumn(string Name, string Type, string Role, string Fingerprint);
