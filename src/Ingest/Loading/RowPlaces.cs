using System.Globalization;

namespace FeatureService.Ingest.Loading;

/// <summary>Where rows are in the input.</summary>
/// <param name="File">The file.</param>
/// <param name="Lines">Each row's line in a text file, its number in any other, from 1.</param>
internal sealed record RowPlaces(string File, long[] Lines)
{
    /// <summary>Where a row is, for messages.</summary>
    public string Of(int row) => string.Create(CultureInfo.InvariantCulture, $"{File}:{Lines[row]}");
}
