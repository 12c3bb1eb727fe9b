using System.Globalization;
using System.Text.RegularExpressions;

namespace FeatureService.Client.Datasets;

/// <summary>Names of everything that a dataset and its build put on the disk.</summary>
/// <remarks>
/// A folder's parts lie in it. A single file's parts lie in <c>FILE.partial</c> until they are put together; its manifest is
/// <c>FILE.manifest.json</c>. What is not finished ends in <c>.tmp</c>.
/// </remarks>
internal sealed partial class DatasetPlace
{
    /// <summary>A dataset's place.</summary>
    /// <param name="path">The folder or file.</param>
    /// <param name="singleFile">Whether it is a file.</param>
    /// <param name="extension">How the format's files end.</param>
    public DatasetPlace(string path, bool singleFile, string extension)
    {
        Path = System.IO.Path.GetFullPath(path);
        SingleFile = singleFile;
        Extension = extension;
        Folder = singleFile ? Path + ".partial" : Path;
        Manifest = singleFile ? Path + ".manifest.json" : System.IO.Path.Combine(Folder, "_manifest.json");
        Progress = System.IO.Path.Combine(Folder, "_progress.jsonl");
        Lock = System.IO.Path.Combine(Folder, "_lock");
    }

    /// <summary>The folder or file.</summary>
    public string Path { get; }

    /// <summary>Whether it is a file.</summary>
    public bool SingleFile { get; }

    /// <summary>How parts' names end.</summary>
    public string Extension { get; }

    /// <summary>Where the parts lie.</summary>
    public string Folder { get; }

    /// <summary>Written last.</summary>
    public string Manifest { get; }

    /// <summary>What is finished: a line for the build and one for each part.</summary>
    public string Progress { get; }

    /// <summary>Held by the build that works here.</summary>
    public string Lock { get; }

    /// <summary>Name of a part.</summary>
    /// <param name="part">Its shard.</param>
    public string PartName(int part) => string.Create(CultureInfo.InvariantCulture, $"part-{part:D5}{Extension}");

    /// <summary>Path of a part.</summary>
    /// <param name="part">Its shard.</param>
    public string Part(int part) => System.IO.Path.Combine(Folder, PartName(part));

    /// <summary>Path of a piece of a part that is not finished. Readers of the folder leave out what begins with an underscore.</summary>
    /// <param name="part">Its shard.</param>
    /// <param name="piece">Its number in it.</param>
    public string Piece(int part, int piece) =>
        System.IO.Path.Combine(Folder, string.Create(CultureInfo.InvariantCulture, $"_piece-{part:D5}-{piece:D4}{Extension}"));

    /// <summary>A new name beside a final one, for one attempt at it.</summary>
    /// <param name="final">The final name.</param>
    public static string Temporary(string final) => $"{final}.{Guid.NewGuid():N}.tmp";

    /// <summary>Whether anything of a dataset or its build is here.</summary>
    public bool Exists() => (SingleFile && (File.Exists(Path) || File.Exists(Manifest)))
        || (Directory.Exists(Folder) && Directory.EnumerateFileSystemEntries(Folder).Any(e => e != Lock));

    /// <summary>Something in the folder that no build has put there; null where there is nothing.</summary>
    public string? Foreign() => Directory.EnumerateFileSystemEntries(Folder)
        .Select(e => System.IO.Path.GetFileName(e)!)
        .FirstOrDefault(name => !OwnName().IsMatch(name));

    /// <summary>Removes what a build has put into the folder, the manifest first; a single file stays until another replaces it.</summary>
    public void Clear()
    {
        if (!SingleFile)
        {
            File.Delete(Manifest);
        }

        ClearParts();
    }

    /// <summary>Removes the parts and their record; the record first, so that it never names a part that is gone.</summary>
    public void ClearParts()
    {
        File.Delete(Progress);
        foreach (var file in Directory.EnumerateFiles(Folder).Where(f => f != Lock))
        {
            File.Delete(file);
        }
    }

    /// <summary>Removes pieces of parts.</summary>
    /// <param name="isWanted">Which of them stay, by their paths.</param>
    public void ClearPieces(Predicate<string> isWanted)
    {
        foreach (var file in Directory.EnumerateFiles(Folder, "_piece-*").Where(file => !isWanted(file)).ToList())
        {
            File.Delete(file);
        }
    }

    /// <summary>Removes what attempts have left that did not come to their end.</summary>
    public void ClearTemporaries()
    {
        var parent = System.IO.Path.GetDirectoryName(Path)!;
        var left = Directory.EnumerateFiles(Folder, "*.tmp");
        if (SingleFile)
        {
            var name = System.IO.Path.GetFileName(Path);
            left = left.Concat(Directory.EnumerateFiles(parent).Where(f => TemporaryOf(System.IO.Path.GetFileName(f), name)));
        }

        foreach (var file in left.ToList())
        {
            File.Delete(file);
        }
    }

    private static bool TemporaryOf(string file, string name) =>
        file.Length > name.Length && file.StartsWith(name, StringComparison.Ordinal) && TemporarySuffix().IsMatch(file[name.Length..]);

    [GeneratedRegex(@"^(part-\d{5,}\.[a-z]+|_piece-\d{5,}-\d{4,}\.[a-z]+|_progress\.jsonl|_manifest\.json)(\.[0-9a-f]{32}\.tmp)?$|^_lock$")]
    private static partial Regex OwnName();

    [GeneratedRegex(@"^(\.manifest\.json)?\.[0-9a-f]{32}\.tmp$")]
    private static partial Regex TemporarySuffix();
}
