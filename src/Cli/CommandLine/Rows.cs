using System.Globalization;
using FeatureService.Client.Transport;

namespace FeatureService.Cli.CommandLine;

/// <summary>Reads what arguments say about rows.</summary>
internal static class Rows
{
    /// <summary>Reads <c>FROM..TO</c>, <c>FROM..TO/STEP</c> or one week.</summary>
    /// <param name="text">The argument.</param>
    /// <exception cref="CliException">It has another form.</exception>
    public static WeekSpan ParseWeeks(string text)
    {
        var slash = text.IndexOf('/', StringComparison.Ordinal);
        var step = 1;
        if (slash >= 0 && (!int.TryParse(text.AsSpan(slash + 1), NumberStyles.None, CultureInfo.InvariantCulture, out step) || step < 1))
        {
            throw CliException.BadInput($"--weeks {text}: '{text[(slash + 1)..]}' is no step: expected a number of weeks from 1, such as 2024-W10..2024-W20/2");
        }

        var ends = (slash < 0 ? text : text[..slash]).Split("..");
        if (ends.Length > 2 || ends.Any(string.IsNullOrWhiteSpace) || (slash >= 0 && ends.Length < 2))
        {
            throw CliException.BadInput($"--weeks {text}: expected FROM..TO, FROM..TO/STEP or one week, such as 2024-W10..2024-W20");
        }

        return new WeekSpan(ends[0], ends[^1], step);
    }

    /// <summary>Reads a list of features and labels.</summary>
    /// <param name="text">Names with commas between; null for all.</param>
    /// <exception cref="CliException">A name is empty or stands twice.</exception>
    public static IReadOnlyList<string> ParseColumns(string? text)
    {
        string[] names = text?.Split(',', StringSplitOptions.TrimEntries) ?? [];
        if (names.Contains(""))
        {
            throw CliException.BadInput($"--columns {text}: expected names of features and labels with commas between");
        }

        return names.CountBy(n => n, StringComparer.Ordinal).FirstOrDefault(n => n.Value > 1) is { Key: { } twice }
            ? throw CliException.BadInput($"--columns {text}: '{twice}' is named twice")
            : names;
    }

    /// <summary>Reads the size of a sample.</summary>
    /// <param name="text">A number of entities, or a share of them as <c>5%</c>.</param>
    /// <param name="seed">Which of all samples of that size.</param>
    /// <exception cref="CliException">It has another form.</exception>
    public static EntitySample ParseSample(string text, long seed)
    {
        if (text.EndsWith('%')
            && double.TryParse(text.AsSpan(0, text.Length - 1), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var percent)
            && percent is > 0 and <= 100)
        {
            return EntitySample.OfPercent(percent, seed);
        }

        return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var count) && count > 0
            ? EntitySample.OfCount(count, seed)
            : throw CliException.BadInput($"--sample {text}: expected a number of entities from 1, or a share of them such as 5%, up to 100%");
    }

    /// <summary>The snapshot that a view was bound against.</summary>
    public static async Task<SnapshotTopology> SnapshotOfAsync(
        FeatureServiceClient client, ValidatedView view, CancellationToken cancellation)
    {
        var topology = await client.GetTopologyAsync(new SnapshotReference(Id: view.SnapshotId), cancellation).ConfigureAwait(false);
        return topology.Snapshots.FirstOrDefault(s => s.Id == view.SnapshotId)
            ?? throw CliException.Failed($"snapshot {view.SnapshotId} is no longer served");
    }
}
