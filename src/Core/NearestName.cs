namespace FeatureService.Core;

/// <summary>The known name that a mistyped one most likely means.</summary>
public static class NearestName
{
    private const int ListedMax = 12;
    private const int ComparedLengthMax = 64;

    /// <summary>The end of a message about an unknown name: the nearest known one, else what there is.</summary>
    /// <param name="name">What was written.</param>
    /// <param name="known">What there is, in the order to list.</param>
    public static string Hint(string name, IEnumerable<string> known)
    {
        var names = known.ToList();
        if (Find(name, names) is { } nearest)
        {
            return $"did you mean '{nearest}'?";
        }

        return names.Count switch
        {
            0 => "there are none",
            <= ListedMax => "expected " + (names.Count == 1 ? names[0] : "one of " + string.Join(", ", names)),
            _ => $"expected one of {string.Join(", ", names.Take(ListedMax))} and {names.Count - ListedMax} more",
        };
    }

    /// <summary>The nearest of some names; null where none is near.</summary>
    /// <param name="name">What was written.</param>
    /// <param name="known">What there is; of equally near names the first is taken.</param>
    public static string? Find(string name, IEnumerable<string> known)
    {
        string? best = null;
        if (name.Length > ComparedLengthMax)
        {
            return null;
        }

        var distanceMax = Math.Max(1, (name.Length + 2) / 3);
        foreach (var candidate in known)
        {
            if (candidate.Length > ComparedLengthMax || Math.Abs(candidate.Length - name.Length) > distanceMax)
            {
                continue;
            }

            var distance = Distance(name, candidate);
            if (distance <= distanceMax && distance < candidate.Length)
            {
                best = candidate;
                distanceMax = distance - 1;
                if (distance == 0)
                {
                    break;
                }
            }
        }

        return best;
    }

    /// <summary>Levenshtein's distance, ignoring case.</summary>
    private static int Distance(string left, string right)
    {
        Span<int> row = stackalloc int[ComparedLengthMax + 1];
        for (var j = 0; j <= right.Length; j++)
        {
            row[j] = j;
        }

        for (var i = 1; i <= left.Length; i++)
        {
            var diagonal = row[0];
            row[0] = i;
            for (var j = 1; j <= right.Length; j++)
            {
                var above = row[j];
                var same = char.ToUpperInvariant(left[i - 1]) == char.ToUpperInvariant(right[j - 1]);
                row[j] = Math.Min(Math.Min(above, row[j - 1]) + 1, diagonal + (same ? 0 : 1));
                diagonal = above;
            }
        }

        return row[right.Length];
    }
}
