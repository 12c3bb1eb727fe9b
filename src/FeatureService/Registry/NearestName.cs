namespace FeatureService.Registry;

/// <summary>Finds what a mistyped name was meant to be.</summary>
public static class NearestName
{
    /// <summary>The most names that are compared, so that a wrong name stays cheap among thousands.</summary>
    private const int ComparedMax = 4096;

    /// <summary>Longer names are not compared.</summary>
    private const int LengthMax = 128;

    /// <summary>The end of an error message: the nearest name, or nothing where none is near.</summary>
    /// <param name="name">What was asked for.</param>
    /// <param name="known">What there is.</param>
    public static string Hint(string name, IEnumerable<string> known)
    {
        if (name.Length > LengthMax)
        {
            return "";
        }

        var nearest = known.Where(k => k.Length <= LengthMax).Take(ComparedMax)
            .Select(k => (Name: k, Edits: Edits(name, k)))
            .Where(k => k.Edits <= Math.Max(1, Math.Min(name.Length, k.Name.Length) / 3))
            .OrderBy(k => k.Edits)
            .FirstOrDefault();
        return nearest.Name is null ? "" : $", did you mean '{nearest.Name}'?";
    }

    private static int Edits(string left, string right)
    {
        var row = new int[right.Length + 1];
        for (var j = 0; j < row.Length; j++)
        {
            row[j] = j;
        }

        for (var i = 1; i <= left.Length; i++)
        {
            var diagonal = row[0];
            row[0] = i;
            for (var j = 1; j <= right.Length; j++)
            {
                var same = char.ToUpperInvariant(left[i - 1]) == char.ToUpperInvariant(right[j - 1]) ? 0 : 1;
                var edits = Math.Min(Math.Min(row[j], row[j - 1]) + 1, diagonal + same);
                diagonal = row[j];
                row[j] = edits;
            }
        }

        return row[right.Length];
    }
}
