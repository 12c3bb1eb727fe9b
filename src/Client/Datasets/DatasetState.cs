namespace FeatureService.Client.Datasets;

/// <summary>What is already at a dataset's place, and whether a build may go on from it.</summary>
internal static class DatasetState
{
    /// <summary>Refuses a file where a folder is to be, and a folder where a file is to be, before anything is computed.</summary>
    /// <exception cref="DatasetException">The place is of the other kind.</exception>
    public static void RefuseOtherKind(DatasetPlace place)
    {
        if (place.SingleFile ? Directory.Exists(place.Path) : File.Exists(place.Path))
        {
            throw new DatasetException(place.SingleFile
                ? $"{place.Path} is a folder: expected a file, or a name that does not end in {place.Extension}"
                : $"{place.Path} is a file: expected a folder, or a name ending in {place.Extension}");
        }
    }

    /// <summary>Refuses a place where something is, unless the caller has said what to do with it.</summary>
    /// <exception cref="DatasetException">Something is there.</exception>
    public static void RefuseExisting(DatasetPlace place, ExistingOutput existing)
    {
        if (existing == ExistingOutput.Refuse && place.Exists())
        {
            throw new DatasetException($"{place.Path} exists: --resume goes on with it, --overwrite replaces it");
        }
    }

    /// <summary>The build that began what is there; null where nothing tells.</summary>
    /// <exception cref="DatasetException">Its files have the form of another version.</exception>
    public static BuildIdentity? FirstRun(DatasetPlace place)
    {
        var first = ProgressLog.Read(place.Progress)?.Build ?? (File.Exists(place.Manifest) ? DatasetManifest.Read(place.Manifest) : null);
        return first is null || first.FormatVersion == BuildIdentity.FormatVersionNow
            ? first
            : throw new DatasetException($"{place.Path} has {first.OtherVersion}: --overwrite replaces it");
    }

    /// <summary>
    /// A single file that an earlier run has finished: the record of its parts is gone, so its manifest and bytes must tell. Parts that
    /// are still there, as that run was killed while it removed them, are removed.
    /// </summary>
    /// <returns>Its manifest; null where there is work to do.</returns>
    /// <exception cref="DatasetException">It is another dataset, or no manifest tells what it is.</exception>
    public static DatasetManifest? FindFinished(DatasetPlace place, ExistingOutput existing, BuildIdentity identity)
    {
        RefuseExisting(place, existing);
        if (!place.SingleFile || existing != ExistingOutput.Resume || File.Exists(place.Progress) || !File.Exists(place.Path))
        {
            return null;
        }

        if (!File.Exists(place.Manifest))
        {
            throw new DatasetException($"{place.Path} has no {Path.GetFileName(place.Manifest)}: --overwrite replaces it");
        }

        var manifest = DatasetManifest.Read(place.Manifest);
        RefuseDifferent(place, manifest, identity);
        if (HashingStream.ChecksumOf(place.Path) != manifest.Files[0].Checksum)
        {
            return null;
        }

        RefuseForeign(place);
        place.ClearTemporaries();
        place.ClearParts();
        return manifest;
    }

    /// <summary>Makes the place ready, and finds what is finished and good.</summary>
    /// <exception cref="DatasetException">What is there is no dataset, or another one.</exception>
    public static FinishedWork Prepare(DatasetPlace place, ExistingOutput existing, BuildIdentity identity)
    {
        RefuseForeign(place);
        place.ClearTemporaries();
        if (existing != ExistingOutput.Resume || FirstRun(place) is not { } first)
        {
            place.Clear();
            return new FinishedWork([], [], 0);
        }

        RefuseDifferent(place, first, identity);
        var read = ProgressLog.Read(place.Progress);
        var records = (read?.Parts ?? []).Where(part => part.Part < identity.Shards).ToArray();
        var work = new FinishedWork([], [], read?.DamagedCount ?? 0);
        foreach (var part in records.Where(part => part.Piece is null && IsGood(place.Part(part.Part), part)))
        {
            work.Parts[part.Part] = part;
        }

        // A piece counts where all before it do.
        foreach (var piece in records.Where(piece => piece.Piece is not null && !work.Parts.ContainsKey(piece.Part)))
        {
            var before = work.Pieces.GetValueOrDefault(piece.Part) ?? [];
            if (piece.Piece == before.Count && piece.Cursor is not null && IsGood(place.Piece(piece.Part, before.Count), piece))
            {
                work.Pieces[piece.Part] = [.. before, piece];
            }
        }

        var kept = work.Pieces.Values.SelectMany(pieces => pieces).Select(piece => place.Piece(piece.Part, piece.Piece!.Value)).ToHashSet(StringComparer.Ordinal);
        place.ClearPieces(kept.Contains);
        if (!place.SingleFile && read is not null && work.Parts.Count < identity.Shards)
        {
            // A dataset that has a manifest is whole.
            File.Delete(place.Manifest);
        }

        var damaged = records.Where(part => part.Piece is null).Select(part => part.Part).Distinct().Count(part => !work.Parts.ContainsKey(part));
        return work with { DamagedCount = work.DamagedCount + damaged };
    }

    private static void RefuseForeign(DatasetPlace place)
    {
        if (place.Foreign() is { } foreign)
        {
            throw new DatasetException($"{place.Folder} holds '{foreign}', which no build has put there: expected a dataset, or an empty folder");
        }
    }

    private static bool IsGood(string path, PartRecord part)
    {
        var file = new FileInfo(path);
        return file.Exists && file.Length == part.Bytes && HashingStream.ChecksumOf(path) == part.Checksum;
    }

    private static void RefuseDifferent(DatasetPlace place, BuildIdentity there, BuildIdentity now)
    {
        var differences = there.Differences(now).ToArray();
        if (differences.Length > 0)
        {
            throw new DatasetException($"{place.Path} is another dataset, --overwrite replaces it:\n{string.Join('\n', differences)}");
        }
    }
}

/// <summary>What earlier runs of a build have finished.</summary>
/// <param name="Parts">The parts.</param>
/// <param name="Pieces">Of parts that are not finished the first pieces, in row order.</param>
/// <param name="DamagedCount">Parts that were recorded and are not there as they were, and lines of the record that are not as they were written.</param>
internal sealed record FinishedWork(
    SortedDictionary<int, PartRecord> Parts, Dictionary<int, IReadOnlyList<PartRecord>> Pieces, int DamagedCount);
