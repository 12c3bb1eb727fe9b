using System.Globalization;

namespace FeatureService.Ingest.Loading;

/// <summary>Where rows are in the input.</summary>
/// <param name="File">The file.</param>
/// <param name="Lines">Each row's line in a text file; null where rows are numbered in order.</param>
/// <param name="FirstRow">The number of the first, from 1.</param>
internal sealed record RowPlaces(string File, long[]? Lines, long FirstRow = 1)
{
    /// <summary>A row's line in a text file, its number in any other, from 1.</summary>
    public long LineOf(int row) => Lines is null ? FirstRow + row : Lines[row];

    /// <summary>Where a row is, for messages.</summary>
    public string Of(int row) => string.Create(CultureInfo.InvariantCulture, $"{File}:{LineOf(row)}");
}
