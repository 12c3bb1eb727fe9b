namespace FeatureService.Client.Datasets;

/// <summary>
/// Pieces of parts that take long: the slices that were finished by then, as a file of the format. When the part's last slice is there,
/// they are put together and go. A build that is killed loses no more than the slices behind the last piece.
/// </summary>
/// <param name="place">The dataset's place.</param>
/// <param name="log">Where they are recorded.</param>
/// <param name="found">Those of earlier runs, by part, in row order.</param>
internal sealed class PieceStore(DatasetPlace place, ProgressLog log, IReadOnlyDictionary<int, IReadOnlyList<PartRecord>> found)
{
    /// <summary>Pieces of earlier runs.</summary>
    /// <param name="part">Of which part.</param>
    public IReadOnlyList<PartRecord> Of(int part) => found.GetValueOrDefault(part) ?? [];

    /// <summary>Path of a piece.</summary>
    public string PathOf(PartRecord piece) => place.Piece(piece.Part, piece.Piece!.Value);

    /// <summary>A new name for something that belongs to a part.</summary>
    public string Temporary(int part) => DatasetPlace.Temporary(place.Part(part));

    /// <summary>Keeps a piece.</summary>
    /// <param name="piece">Its record.</param>
    /// <param name="temporary">Its file, which gets its final name.</param>
    public void Keep(PartRecord piece, string temporary)
    {
        File.Move(temporary, PathOf(piece), overwrite: true);
        log.Append(piece);
    }

    /// <summary>Removes the pieces of a part that is finished.</summary>
    /// <param name="part">The part.</param>
    public void Remove(int part)
    {
        for (var piece = 0; File.Exists(place.Piece(part, piece)); piece++)
        {
            File.Delete(place.Piece(part, piece));
        }
    }
}
