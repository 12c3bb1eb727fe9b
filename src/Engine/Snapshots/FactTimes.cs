namespace FeatureService.Engine.Snapshots;

/// <summary>
/// Times and first cutoffs of facts without time. They are all the same, so one array of each, as long as the longest list asked for,
/// is enough for every slice of every snapshot, and no file holds any.
/// </summary>
internal static class FactTimes
{
    private const int CountMin = 1024;

    private static long[] _times = [];
    private static int[] _firstCutoffs = [];

    /// <summary>So many times.</summary>
    /// <param name="count">Number of facts.</param>
    public static ReadOnlyMemory<long> Times(int count) => Get(ref _times, count, SourceEvents.BeforeAllTime);

    /// <summary>So many first cutoffs.</summary>
    /// <param name="count">Number of facts.</param>
    public static ReadOnlyMemory<int> FirstCutoffs(int count) => Get(ref _firstCutoffs, count, SourceEvents.Ever);

    /// <summary>Two threads that both need a longer array may each make one: whichever stays, its values are the same.</summary>
    private static ReadOnlyMemory<T> Get<T>(ref T[] shared, int count, T value)
    {
        var values = Volatile.Read(ref shared);
        if (values.Length < count)
        {
            // Twice as long as before: slices that each ask for a little more than the last make few arrays.
            values = new T[Math.Max(Math.Max(CountMin, count), Math.Min(values.Length * 2L, Array.MaxLength))];
            Array.Fill(values, value);
            Volatile.Write(ref shared, values);
        }

        return values.AsMemory(0, count);
    }
}
