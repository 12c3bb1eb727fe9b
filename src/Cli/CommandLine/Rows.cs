using FeatureService.Client.Transport;
using FeatureService.Core.Keys;

namespace FeatureService.Cli.CommandLine;

/// <summary>Reads what arguments say about rows.</summary>
internal static class Rows
{
    /// <summary>Reads <c>FROM..TO</c> or one week.</summary>
    /// <param name="text">The argument.</param>
    /// <exception cref="CliException">It has another form.</exception>
    public static WeekSpan ParseWeeks(string text)
    {
        if (text.Contains('/', StringComparison.Ordinal))
        {
            throw CliException.BadInput($"--weeks {text}: a step is not supported yet; expected FROM..TO or one week");
        }

        var ends = text.Split("..");
        if (ends.Length > 2 || ends.Any(string.IsNullOrWhiteSpace))
        {
            throw CliException.BadInput($"--weeks {text}: expected FROM..TO or one week, such as 2024-W10..2024-W20");
        }

        return new WeekSpan(ends[0], ends[^1]);
    }

    /// <summary>Reads a list of entities.</summary>
    /// <param name="text">Keys with commas between.</param>
    /// <param name="type">The type that the snapshot's entities have.</param>
    /// <exception cref="CliException">A key has another type.</exception>
    public static IReadOnlyList<EntityKey> ParseEntities(string text, EntityKeyType type) => [.. text.Split(',').Select(part =>
        part.Length > 0 && EntityKey.TryParse(part, type, out var key)
            ? key
            : throw CliException.BadInput(
                $"--entities: '{part}' is no {(type == EntityKeyType.Int64 ? "integer, which this snapshot's entities are" : "key")}"))];

    /// <summary>The snapshot that a view was bound against.</summary>
    public static async Task<SnapshotTopology> SnapshotOfAsync(
        FeatureServiceClient client, ValidatedView view, CancellationToken cancellation)
    {
        var topology = await client.GetTopologyAsync(cancellation).ConfigureAwait(false);
        return topology.Snapshots.FirstOrDefault(s => s.Id == view.SnapshotId)
            ?? throw CliException.Failed($"snapshot {view.SnapshotId} is no longer served");
    }
}
