namespace FeatureService.Registry;

/// <summary>A file as it was read.</summary>
/// <param name="File">Its path, relative to the views directory.</param>
/// <param name="Text">Its text; null where it could not be read.</param>
/// <param name="Error">Why it could not be read.</param>
internal sealed record ViewText(string File, string? Text, string? Error);

/// <summary>Reads the files of a views directory: <c>TEAM/VIEW.view.yaml</c>.</summary>
internal static class ViewDirectory
{
    /// <summary>How a view's file ends.</summary>
    public const string Suffix = ".view.yaml";

    /// <summary>
    /// Deep enough to find files in a wrong place. Names that start with a dot are not looked at: editors keep copies there, and a
    /// mounted ConfigMap its generations, to which the visible names are links.
    /// </summary>
    private static readonly EnumerationOptions _search = new()
    {
        RecurseSubdirectories = true,
        MaxRecursionDepth = 3,
        IgnoreInaccessible = false,
        AttributesToSkip = FileAttributes.None,
    };

    /// <summary>Reads every file.</summary>
    /// <param name="directory">The directory.</param>
    /// <returns>The files by name.</returns>
    /// <exception cref="IOException">The directory is not there.</exception>
    /// <exception cref="UnauthorizedAccessException">It cannot be read.</exception>
    public static IReadOnlyList<ViewText> Read(string directory) =>
    [
        .. Directory.EnumerateFiles(directory, "*" + Suffix, _search)
            .Select(path => Path.GetRelativePath(directory, path))
            .Where(file => !file.Split(Path.DirectorySeparatorChar).Any(part => part.StartsWith('.')))
            .Order(StringComparer.Ordinal)
            .Select(file => ReadFile(directory, file)),
    ];

    private static ViewText ReadFile(string directory, string file)
    {
        try
        {
            return new ViewText(file, File.ReadAllText(Path.Combine(directory, file)), null);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return new ViewText(file, null, $"{file}: cannot be read: {exception.Message}");
        }
    }
}
