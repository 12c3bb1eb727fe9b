
namespace FeatureService.Registry;

/// <summary>Reads the views of a directory: <c>TEAM/VIEW.view.yaml</c>.</summary>
public static class ViewDirectory
{
    private const string Suffix = ".view.yaml";

    /// <summary>Reads and binds every view.</summary>
    /// <param name="directory">The directory.</param>
    /// <param name="snapshots">A view must bind against at least one of them.</param>
    /// <param name="bound">Where bound views are kept.</param>
    /// <param name="errors">Everything that is wrong with the directory, file by file; added to.</param>
    /// <returns>The good views, by full name.</returns>
    public static IReadOnlyList<PublishedView> Load(
        string directory, SnapshotRegistry snapshots, BoundViews bound, ICollection<string> errors)
    {
        var views = new List<PublishedView>();
        foreach (var path in Files(directory, errors))
        {
            var file = Path.GetRelativePath(directory, path);
            var parts = file.Split(Path.DirectorySeparatorChar);
            if (parts.Length != 2)
            {
                errors.Add($"{file}: expected TEAM/VIEW{Suffix} in the views directory");
                continue;
            }

            try
            {
                var view = new PublishedView(parts[0], parts[1][..^Suffix.Length], file, File.ReadAllText(path));
                if (Check(directory, view, snapshots, bound, errors))
                {
                    views.Add(view);
                }
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
            {
                errors.Add($"{file}: cannot be read: {exception.Message}");
            }
        }

        return views;
    }

    private static string[] Files(string directory, ICollection<string> errors)
    {
        try
        {
            var files = Directory.GetFiles(directory, "*" + Suffix, SearchOption.AllDirectories);
            Array.Sort(files, StringComparer.Ordinal);
            return files;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            errors.Add($"views directory {directory}: {exception.Message}");
            return [];
        }
    }

    private static bool Check(
        string directory, PublishedView view, SnapshotRegistry snapshots, BoundViews bound, ICollection<string> errors)
    {
        var failures = new List<RequestException>();
        foreach (var served in snapshots.Served)
        {
            try
            {
                var name = bound.Bind(view.Text, view.File, served.Snapshot).Name;
                if (name != view.Name)
                {
                    errors.Add(WrongName(directory, view, name));
                    return false;
                }
            }
            catch (RequestException exception)
            {
                failures.Add(exception);
            }
        }

        // With several snapshots of different catalogs a view may belong to one of them only.
        if (failures.Count < snapshots.Served.Count || failures.Count == 0)
        {
            return true;
        }

        foreach (var violation in failures[0].Violations)
        {
            errors.Add($"{violation.Field}: {violation.Message}");
        }

        return false;
    }

    private static string WrongName(string directory, PublishedView view, string name)
    {
        var other = Path.Combine(view.Team, name + Suffix);
        return File.Exists(Path.Combine(directory, other))
            ? $"{view.File}: team {view.Team} has two views '{name}', the other in {other}"
            : $"{view.File}: its key is 'view: {name}', expected the name of its file, '{view.Name}'";
    }
}
