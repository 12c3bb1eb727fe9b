using System.Text;
using System.Text.Json;

namespace FeatureService.Client.Datasets;

/// <summary>What a build has recorded.</summary>
/// <param name="Build">The build.</param>
/// <param name="Parts">Its parts and pieces.</param>
/// <param name="DamagedCount">Lines of others that are not as they were written.</param>
internal sealed record ProgressRead(BuildIdentity Build, IReadOnlyList<PartRecord> Parts, int DamagedCount);

/// <summary><c>_progress.jsonl</c>: a first line for the build, then one for each part or piece that is finished, each synced before it counts.</summary>
internal sealed class ProgressLog : IDisposable
{
    private readonly Lock _lock = new();
    private readonly FileStream _file;

    private ProgressLog(FileStream file) => _file = file;

    /// <summary>Reads what a build has recorded. A last line that is not whole does not count.</summary>
    /// <param name="path">The file.</param>
    /// <returns>The build, its parts and pieces; null where there is no file or not even its first line.</returns>
    /// <exception cref="DatasetException">The first line is damaged: nothing tells what the parts are of.</exception>
    public static ProgressRead? Read(string path)
    {
        if (!File.Exists(path))
        {
            return null;
        }

        var text = File.ReadAllText(path);
        var lines = text[..(text.LastIndexOf('\n') + 1)].Split('\n', StringSplitOptions.RemoveEmptyEntries);
        if (lines.Length == 0)
        {
            return null;
        }

        // Files that were begun before lines had a check have none.
        var isChecked = lines.Any(CheckedLine.IsOne);
        var build = TryParse<BuildIdentity>(lines[0], isChecked)
            ?? throw new DatasetException($"{path}:1 is damaged, and nothing else tells what the parts are of; --overwrite starts anew");
        // Parts of another version have another form; who compares the builds says so.
        PartRecord?[] parts = build.FormatVersion == BuildIdentity.FormatVersionNow ? [.. lines.Skip(1).Select(line => TryParse<PartRecord>(line, isChecked))] : [];
        return new ProgressRead(build, [.. parts.OfType<PartRecord>()], parts.Count(part => part is null));
    }

    /// <summary>Writes the file anew, with the parts that are good, and opens it for more.</summary>
    /// <param name="path">The file.</param>
    /// <param name="build">The build.</param>
    /// <param name="parts">Parts and pieces that are finished.</param>
    public static ProgressLog Start(string path, BuildIdentity build, IEnumerable<PartRecord> parts)
    {
        var temporary = DatasetPlace.Temporary(path);
        var log = new ProgressLog(new FileStream(temporary, FileMode.CreateNew, FileAccess.Write, FileShare.Read));
        log.WriteLine(build);
        foreach (var part in parts)
        {
            log.WriteLine(part);
        }

        log._file.Flush(flushToDisk: true);
        File.Move(temporary, path, overwrite: true);
        return log;
    }

    /// <summary>Records a part or a piece of one.</summary>
    /// <param name="part">The part; its file has its final name.</param>
    public void Append(PartRecord part)
    {
        lock (_lock)
        {
            WriteLine(part);
            _file.Flush(flushToDisk: true);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _file.Dispose();

    private static T? TryParse<T>(string line, bool isChecked)
        where T : class
    {
        try
        {
            return (isChecked ? CheckedLine.Read(line) : line) is { } text ? JsonSerializer.Deserialize<T>(text, DatasetJson.Line) : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private void WriteLine<T>(T value) => _file.Write(Encoding.UTF8.GetBytes(CheckedLine.Write(value) + "\n"));
}
