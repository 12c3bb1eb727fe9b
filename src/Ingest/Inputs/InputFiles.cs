using System.Collections.Immutable;
using System.IO.Enumeration;
using System.Text;
using FeatureService.Engine.Definitions;

namespace FeatureService.Ingest.Inputs;

/// <summary>From the files and globs of a catalog to the files that are read, in the order that breaks ties.</summary>
internal static class InputFiles
{
    private const string NullFolder = "__HIVE_DEFAULT_PARTITION__";

    private static readonly string[] _texts = [".csv", ".ndjson", ".jsonl"];
    private static readonly string[] _suffixes = [".parquet", .. _texts.SelectMany(text => new[] { text, text + ".gz", text + ".zst" })];

    /// <summary>The files of a source: entries in the order of the catalog, the files of a glob by the bytes of their paths.</summary>
    /// <param name="catalogPath">The catalog's file; relative entries are relative to its folder.</param>
    /// <param name="source">The source.</param>
    /// <exception cref="InputException">A file is missing, a glob matches nothing, or a format is not known.</exception>
    public static IReadOnlyList<InputPath> Resolve(string catalogPath, SourceFile source)
    {
        var folder = Path.GetDirectoryName(Path.GetFullPath(catalogPath))!;
        var files = new List<InputPath>();
        var errors = new List<string>();
        foreach (var entry in source.Files)
        {
            var place = $"{catalogPath}:{source.Place.Line}:{source.Place.Column}: source {source.Name}";
            var found = entry.AsSpan().IndexOfAny('*', '?') >= 0 ? Glob(folder, entry) : Single(folder, entry);
            if (found.Count == 0)
            {
                errors.Add($"{place}: no file {entry} in {folder}");
            }

            errors.AddRange(found.Where(file => !_suffixes.Any(suffix => file.EndsWith(suffix, StringComparison.OrdinalIgnoreCase)))
                .Select(file => $"{place}: {file} has a format that is not supported yet: expected {string.Join(", ", _suffixes)}"));
            files.AddRange(found.Select(file => new InputPath(file, FolderValues(Path.IsPathRooted(entry) ? file : Path.GetRelativePath(folder, file)))));
        }

        return errors.Count == 0 ? files : throw new InputException(errors);
    }

    /// <summary>Whether a file is CSV by its name.</summary>
    public static bool IsCsv(string path) =>
        _suffixes.Any(suffix => suffix.StartsWith(".csv", StringComparison.Ordinal) && path.EndsWith(suffix, StringComparison.OrdinalIgnoreCase));

    /// <summary>Folders as Hive names them, <c>dt=2024-01-01</c>; special characters are written as <c>%3A</c>.</summary>
    private static ImmutableArray<FolderValue> FolderValues(string path)
    {
        var values = ImmutableArray.CreateBuilder<FolderValue>();
        foreach (var folder in path.Split('/')[..^1])
        {
            if (folder.IndexOf('=', StringComparison.Ordinal) is var equal && equal > 0)
            {
                var name = Uri.UnescapeDataString(folder[..equal]);
                var value = folder[(equal + 1)..];
                values.Add(new FolderValue(name, value == NullFolder ? null : Uri.UnescapeDataString(value)));
            }
        }

        return values.ToImmutable();
    }

    private static IReadOnlyList<string> Single(string folder, string entry)
    {
        var path = Path.Combine(folder, entry);
        return File.Exists(path) ? [path] : [];
    }

    private static List<string> Glob(string folder, string entry)
    {
        var segments = entry.Split('/', StringSplitOptions.RemoveEmptyEntries);
        IEnumerable<string> folders = [Path.IsPathRooted(entry) ? "/" : folder];
        foreach (var segment in segments[..^1])
        {
            folders = segment switch
            {
                "**" => folders.SelectMany(parent => Directory.EnumerateDirectories(parent, "*", SearchOption.AllDirectories).Prepend(parent)),
                "." or ".." => folders.Select(parent => Path.Combine(parent, segment)),
                _ when segment.AsSpan().IndexOfAny('*', '?') < 0 => folders.Select(parent => Path.Combine(parent, segment)).Where(Directory.Exists),
                _ => folders.SelectMany(Directory.EnumerateDirectories).Where(path => Matches(segment, path)),
            };
        }

        var files = folders.SelectMany(Directory.EnumerateFiles).Where(path => Matches(segments[^1], path)).Distinct().ToList();
        files.Sort((left, right) => Encoding.UTF8.GetBytes(left).AsSpan().SequenceCompareTo(Encoding.UTF8.GetBytes(right)));
        return files;
    }

    private static bool Matches(string pattern, string path) => FileSystemName.MatchesSimpleExpression(pattern, Path.GetFileName(path), ignoreCase: false);
}
