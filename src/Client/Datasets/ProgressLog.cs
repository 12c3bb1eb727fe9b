using System.Text;
using System.Text.Json;

namespace FeatureService.Client.Datasets;

/// <summary><c>_progress.jsonl</c>: a first line for the build, then one for each part or piece that is finished, each synced before it counts.</summary>
internal sealed class ProgressLog : IDisposable
{
    private readonly Lock _lock = new();
    private readonly FileStream _file;

    private ProgressLog(FileStream file) => _file = file;

    /// <summary>Reads what a build has recorded. A last line that is not whole does not count.</summary>
    /// <param name="path">The file.</param>
    /// <returns>The build, its parts and pieces; null where there is no file or not even its first line.</returns>
    /// <exception cref="DatasetException">A line before the last cannot be read.</exception>
    public static (BuildIdentity Build, IReadOnlyList<PartRecord> Parts)? Read(string path)
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

        // Parts of another version have another form; who compares the builds says so.
        var build = Parse<BuildIdentity>(path, 1, lines[0]);
        var parts = build.FormatVersion == BuildIdentity.FormatVersionNow ? lines.Skip(1) : [];
        return (build, [.. parts.Select((line, i) => Parse<PartRecord>(path, i + 2, line))]);
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

    private static T Parse<T>(string path, int number, string line)
    {
        try
        {
            return JsonSerializer.Deserialize<T>(line, DatasetJson.Line) ?? throw new JsonException("it is empty");
        }
        catch (JsonException exception)
        {
            throw new DatasetException($"{path}:{number} is damaged: {exception.Message}; --overwrite starts anew", exception);
        }
    }

    private void WriteLine<T>(T value) => _file.Write(Encoding.UTF8.GetBytes(JsonSerializer.Serialize(value, DatasetJson.Line) + "\n"));
}
