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
    public const int FormatVersionNow = 1;

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

    /// <summary>The weeks.</summary>
    public required ManifestWeeks Weeks { get; init; }

    /// <summary><c>all</c>, or the hash of the entities named.</summary>
    public required string Entities { get; init; }

    /// <summary>Whether every row exists, whatever the view's population says.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool IgnorePopulation { get; init; }

    /// <summary>The columns.</summary>
    public required IReadOnlyList<ManifestColumn> Columns { get; init; }

    /// <summary>The file format.</summary>
    public required string Format { get; init; }

    /// <summary>Choices of the format, such as the compression.</summary>
    public required string FormatSettings { get; init; }

    /// <summary>Number of shards.</summary>
    public required int Shards { get; init; }

    internal static BuildIdentity Of(BackfillPlan plan, IDatasetFormat format) => new()
    {
        Snapshot = plan.Snapshot.Id,
        View = plan.View.Name,
        ViewVersion = plan.View.Version,
        Definition = plan.View.Definition,
        EngineVersion = plan.EngineVersion,
        Weeks = new ManifestWeeks(plan.Weeks.First, plan.Weeks.Last, plan.WeekCount, plan.Weeks.Step == 1 ? null : plan.Weeks.Step),
        Entities = EntitiesOf(plan),
        IgnorePopulation = plan.IgnorePopulation,
        Columns = [.. plan.Columns.Select(c => new ManifestColumn(c.Name, c.Type.Name(), RoleName(c.Role), c.Fingerprint))],
        Format = format.Name,
        FormatSettings = format.Settings,
        Shards = plan.Shards.Count,
    };

    /// <summary>What differs from another build, one line each; nothing where they may share parts.</summary>
    /// <param name="now">The other build.</param>
    internal IEnumerable<string> Differences(BuildIdentity now)
    {
        (string Name, object There, object Now)[] facts =
        [
            ("format version", FormatVersion, now.FormatVersion),
            ("snapshot", Snapshot, now.Snapshot),
            ("definition (view version)", ViewVersion, now.ViewVersion),
            ("engine version", EngineVersion, now.EngineVersion),
            ("weeks", Weeks, now.Weeks),
            ("entities", Entities, now.Entities),
            ("population ignored", IgnorePopulation, now.IgnorePopulation),
            ("columns", string.Join(' ', Columns), string.Join(' ', now.Columns)),
            ("format", Format, now.Format),
            ("format settings", FormatSettings, now.FormatSettings),
            ("shards", Shards, now.Shards),
        ];
        return facts.Where(f => !f.There.Equals(f.Now)).Select(f => $"{f.Name}: {f.There} there, {f.Now} now");
    }

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

/// <summary>One column of a dataset.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Type">Type of its values.</param>
/// <param name="Role"><c>entity</c>, <c>week</c>, <c>feature</c>, <c>label</c> or <c>row_status</c>.</param>
/// <param name="Fingerprint">For features and labels the hash of the definition.</param>
public sealed record ManifestColumn(string Name, string Type, string Role, string Fingerprint);
