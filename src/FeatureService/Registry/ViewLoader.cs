using System.Collections.Immutable;

namespace FeatureService.Registry;

/// <summary>Makes the published views of what lies in the views directory; a broken file keeps its last good version.</summary>
/// <param name="directory">The directory.</param>
/// <param name="snapshots">A view must bind against at least one of them.</param>
/// <param name="bound">Where bound views are kept.</param>
/// <param name="time">The clock.</param>
internal sealed class ViewLoader(string directory, SnapshotRegistry snapshots, BoundViews bound, TimeProvider time)
{
    /// <summary>A build that names a version outlives a few edits; the bound only guards memory.</summary>
    private const int EarlierMax = 4;

    /// <summary>Reads the directory.</summary>
    /// <param name="before">What was there before.</param>
    /// <returns>The same object where nothing has changed.</returns>
    public PublishedFiles Load(PublishedFiles before)
    {
        IReadOnlyList<ViewText> texts;
        try
        {
            texts = ViewDirectory.Read(directory);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            var error = $"views directory {directory}: {exception.Message}";
            return before.Error == error ? before : before with { Error = error };
        }

        var served = snapshots.Served;
        ImmutableArray<string> ids = [.. served.Select(s => s.Snapshot.Id)];
        var isSameSnapshots = ids.SequenceEqual(before.SnapshotIds);
        var files = texts.Select(text =>
        {
            var old = before.Files.FirstOrDefault(f => f.File == text.File);
            return old is not null && isSameSnapshots && text.Text is not null && old.Text == text.Text ? old : Next(text, old, served);
        }).ToImmutableArray();
        return before.Error is null && isSameSnapshots && files.SequenceEqual(before.Files) ? before : new PublishedFiles(files, null, ids);
    }

    private PublishedFile Next(ViewText text, PublishedFile? old, IReadOnlyList<ServedSnapshot> served)
    {
        var errors = new List<string>();
        var view = Check(text, served, errors);
        if (old is not null && old.Text == text.Text && old.Errors.SequenceEqual(errors))
        {
            return old;
        }

        return new PublishedFile(
            text.File, text.Text, view ?? old?.Served, Earlier(view, old), [.. errors], time.GetUtcNow());
    }

    private static ImmutableArray<PublishedView> Earlier(PublishedView? view, PublishedFile? old)
    {
        if (old?.Served is null || view is null || view == old.Served)
        {
            return old?.Earlier ?? [];
        }

        return [.. old.Versions.Where(v => v != view).Take(EarlierMax)];
    }

    private PublishedView? Check(ViewText text, IReadOnlyList<ServedSnapshot> served, List<string> errors)
    {
        var parts = text.File.Split(Path.DirectorySeparatorChar);
        if (parts.Length != 2)
        {
            errors.Add($"{text.File}: expected TEAM/VIEW{ViewDirectory.Suffix} in the views directory");
            return null;
        }

        if (text.Text is null)
        {
            errors.Add(text.Error!);
            return null;
        }

        var view = new PublishedView(parts[0], parts[1][..^ViewDirectory.Suffix.Length], text.File, text.Text);
        return IsGood(view, served, errors) ? view : null;
    }

    private bool IsGood(PublishedView view, IReadOnlyList<ServedSnapshot> served, List<string> errors)
    {
        var failures = new List<RequestException>();
        foreach (var snapshot in served)
        {
            try
            {
                var name = bound.Bind(view.Text, view.File, snapshot.Snapshot).Name;
                if (name != view.Name)
                {
                    errors.Add(WrongName(view, name));
                    return false;
                }
            }
            catch (RequestException exception)
            {
                failures.Add(exception);
            }
        }

        // With several snapshots of different catalogs a view may belong to one of them only.
        if (failures.Count < served.Count || failures.Count == 0)
        {
            return true;
        }

        errors.AddRange(failures[0].Violations.Select(v => $"{v.Field}: {v.Message}"));
        return false;
    }

    private string WrongName(PublishedView view, string name)
    {
        var other = Path.Combine(view.Team, name + ViewDirectory.Suffix);
        return File.Exists(Path.Combine(directory, other))
            ? $"{view.File}: team {view.Team} has two views '{name}', the other in {other}"
            : $"{view.File}: its key is 'view: {name}', expected the name of its file, '{view.Name}'";
    }
}
