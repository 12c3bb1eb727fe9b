using System.Text.Json;

namespace FeatureService.Bench.MainJob.Report;

/// <summary>A peer's time in a run of record: a run in which it takes much longer measured something else as well.</summary>
/// <param name="Peer">The contestant's key.</param>
/// <param name="Users">Users of the work.</param>
/// <param name="Seconds">Its median.</param>
/// <param name="FillRate">Gigabytes a second that the machine wrote then.</param>
internal sealed record RecordedTime(string Peer, int Users, double Seconds, double FillRate)
{
    /// <summary>How much longer than recorded, relative to the fill rate, makes a run void.</summary>
    public const double Tolerance = 1.25;

    private static readonly JsonSerializerOptions Json = new() { PropertyNamingPolicy = JsonNamingPolicy.CamelCase, WriteIndented = true };

    /// <summary>Reads all.</summary>
    public static List<RecordedTime> Read(string path) =>
        File.Exists(path) ? JsonSerializer.Deserialize<List<RecordedTime>>(File.ReadAllText(path), Json) ?? [] : [];

    /// <summary>Puts a run's times in the place of those with the same peers and users.</summary>
    public static void Write(string path, IReadOnlyList<RecordedTime> times)
    {
        var kept = Read(path).Where(old => !times.Any(time => time.Peer == old.Peer && time.Users == old.Users));
        var all = kept.Concat(times).OrderBy(time => time.Users).ThenBy(time => time.Peer, StringComparer.Ordinal).ToList();
        File.WriteAllText(path, JsonSerializer.Serialize(all, Json) + "\n");
    }

    /// <summary>This time over the recorded one, both in bytes that the machine could have written meanwhile.</summary>
    public double RatioOf(double seconds, double fillRate) => seconds * fillRate / (Seconds * FillRate);
}
