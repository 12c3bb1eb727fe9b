namespace FeatureService.Bench.MainJob.Growth;

/// <summary>Room on the disk, told before it is used up.</summary>
internal static class DiskSpace
{
    /// <summary>
    /// What a user of 260 weeks takes [20,000 users: 1.4 kB as Parquet, 4.6 kB in the snapshot, 2.1 kB in the dataset], and as much again
    /// for a build that spills.
    /// </summary>
    private const long BytesOfUser = 16_000;

    private const int WeeksOfThat = 260;

    /// <summary>Bytes that some users take.</summary>
    public static long Needed(long users, int weeks) => users * BytesOfUser * weeks / WeeksOfThat;

    /// <summary>Says what is needed and refuses where there is less.</summary>
    /// <param name="folder">A folder of the disk.</param>
    /// <param name="bytes">What is needed.</param>
    /// <exception cref="IOException">The disk has less room.</exception>
    public static void Check(string folder, long bytes)
    {
        var free = new DriveInfo(folder).AvailableFreeSpace;
        var text = FormattableString.Invariant($"this takes up to {bytes / 1e9:F1} GB in {folder}, where {free / 1e9:F1} GB are free");
        Console.Error.WriteLine(text);
        if (free < bytes)
        {
            throw new IOException(text + ": TMPDIR names another disk");
        }
    }
}
