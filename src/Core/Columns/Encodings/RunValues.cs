namespace FeatureService.Core.Columns.Encodings;

/// <summary>Values that repeat: a pattern over and over, or runs of equal ones.</summary>
internal static class RunValues
{
    /// <summary>Longest pattern that is looked for: more weeks than a request has.</summary>
    private const int PatternMax = 16 * 1024;

    /// <summary>Runs of fewer rows on average are none: finding them costs more than they save.</summary>
    private const int RunRowsMin = 8;

    /// <summary>Rows before a column may be found to have no runs.</summary>
    private const int RunRowsSeen = 64;

    /// <summary>Number of values that repeat over all rows; 0 where none do.</summary>
    /// <typeparam name="T">The integer of the values' width.</typeparam>
    /// <param name="values">At least two.</param>
    /// <param name="mayBeLong">Whether more than one value may repeat: only weeks do, and to look for it costs.</param>
    public static int PatternLength<T>(ReadOnlySpan<T> values, bool mayBeLong)
        where T : unmanaged, IEquatable<T>
    {
        var longest = mayBeLong ? Math.Min(values.Length / 2, PatternMax) : 1;
        var length = values.Slice(1, longest).IndexOf(values[0]) + 1;
        return length > 0 && values[length..].SequenceEqual(values[..^length]) ? length : 0;
    }

    /// <summary>Writes a pattern over and over.</summary>
    public static void Repeat<T>(ReadOnlySpan<T> pattern, Span<T> values)
    {
        if (pattern.Length == 1)
        {
            values.Fill(pattern[0]);
            return;
        }

        // What is written already is copied behind itself, so a short pattern takes few copies.
        var written = Math.Min(pattern.Length, values.Length);
        pattern[..written].CopyTo(values);
        while (written > 0 && written < values.Length)
        {
            var count = Math.Min(written, values.Length - written);
            values[..count].CopyTo(values[written..]);
            written += count;
        }
    }

    /// <summary>Number of runs of equal values; 0 where they are short.</summary>
    /// <typeparam name="T">The integer of the values' width.</typeparam>
    /// <param name="values">At least one.</param>
    public static int CountRuns<T>(ReadOnlySpan<T> values)
        where T : unmanaged, IEquatable<T>
    {
        var runs = 0;
        for (var row = 0; row < values.Length; row = EndOfRun(values, row))
        {
            runs++;
            if (runs * RunRowsMin > row + RunRowsSeen)
            {
                return 0;
            }
        }

        return runs;
    }

    /// <summary>Writes each run's value and the row behind it.</summary>
    public static void Pack<T>(ReadOnlySpan<T> values, Span<T> ofRuns, Span<int> ends)
        where T : unmanaged, IEquatable<T>
    {
        var row = 0;
        for (var run = 0; run < ends.Length; run++)
        {
            ofRuns[run] = values[row];
            row = EndOfRun(values, row);
            ends[run] = row;
        }
    }

    /// <summary>Writes each row's value.</summary>
    public static void Unpack<T>(ReadOnlySpan<T> ofRuns, ReadOnlySpan<int> ends, Span<T> values)
    {
        var row = 0;
        for (var run = 0; run < ends.Length; run++)
        {
            values[row..ends[run]].Fill(ofRuns[run]);
            row = ends[run];
        }
    }

    /// <summary>Refuses ends that do not ascend to the number of rows.</summary>
    /// <exception cref="InvalidDataException">They do not.</exception>
    public static void Check(ReadOnlySpan<int> ends, int rows)
    {
        var row = 0;
        foreach (var end in ends)
        {
            if (end <= row)
            {
                throw new InvalidDataException($"column chunk: a run ends at row {end}, behind one that ends at {row}");
            }

            row = end;
        }

        if (row != rows)
        {
            throw new InvalidDataException($"column chunk: the last run ends at row {row}, expected {rows}");
        }
    }

    private static int EndOfRun<T>(ReadOnlySpan<T> values, int row)
        where T : unmanaged, IEquatable<T>
    {
        var length = values[(row + 1)..].IndexOfAnyExcept(values[row]);
        return length < 0 ? values.Length : row + 1 + length;
    }
}
