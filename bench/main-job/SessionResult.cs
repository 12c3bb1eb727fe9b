using FeatureService.Bench.MainJob.Report;

namespace FeatureService.Bench.MainJob;

/// <summary>What a run of the bench found.</summary>
/// <param name="work">The work.</param>
/// <param name="events">Events of the work.</param>
/// <param name="runs">Rounds.</param>
internal sealed class SessionResult(Work work, long events, int runs)
{
    /// <summary>The work.</summary>
    public Work Work => work;

    /// <summary>Events of the work.</summary>
    public long Events => events;

    /// <summary>Rounds.</summary>
    public int Runs => runs;

    /// <summary>Gigabytes a second that the machine wrote into fresh memory, the median of the rounds.</summary>
    public double FillRate { get; set; }

    /// <summary>Us over TCP, zstd Parquet: the figure of record.</summary>
    public Contestant? OverTcp { get; set; }

    /// <summary>Us over TCP, Arrow files.</summary>
    public Contestant? Arrow { get; set; }

    /// <summary>Us over TCP, zstd Parquet with each number in its own type.</summary>
    public Contestant? OwnTypes { get; set; }

    /// <summary>Us over TCP, one feature edited since <see cref="OverTcp"/>, of which the others are taken.</summary>
    public Contestant? Reuse { get; set; }

    /// <summary>Us inside the command.</summary>
    public Contestant? Local { get; set; }

    /// <summary>Our snapshot build.</summary>
    public Contestant? Build { get; set; }

    /// <summary>Our snapshot build with a limit of memory; null where none was named.</summary>
    public Contestant? BuildInMemory { get; set; }

    /// <summary>Seconds from the start of a service's process to the first vector, round by round.</summary>
    public List<double> FirstVectorSeconds { get; } = [];

    /// <summary>How long DuckDB took to make its tables.</summary>
    public Measurement? Tables { get; set; }

    /// <summary>DuckDB's formulations, each run once at least.</summary>
    public List<Contestant> Formulations { get; } = [];

    /// <summary>DuckDB's best, from its tables.</summary>
    public Contestant? DuckDb { get; set; }

    /// <summary>DuckDB's best, from Parquet.</summary>
    public Contestant? DuckDbFromParquet { get; set; }

    /// <summary>The process-pool loop.</summary>
    public Contestant? Pool { get; set; }

    /// <summary>Polars.</summary>
    public Contestant? Polars { get; set; }

    /// <summary>Versions of the peers that are there, and a line for each that is not.</summary>
    public List<string> Versions { get; } = [];

    /// <summary>How the outputs agree with <see cref="OverTcp"/>'s.</summary>
    public Dictionary<Contestant, Comparison> Comparisons { get; } = [];

    /// <summary>Those that run in every round.</summary>
    public IEnumerable<Contestant> All =>
        new[] { OverTcp, Arrow, OwnTypes, Reuse, Local, Build, BuildInMemory, DuckDb, DuckDbFromParquet, Pool, Polars }.OfType<Contestant>();

    /// <summary>Has every cell of every output as it must be.</summary>
    public bool AllAgree => Comparisons.Values.All(comparison => comparison.Different == 0);

    /// <summary>Peers that took too long for a run of record, each as a line.</summary>
    /// <param name="recorded">The times of record.</param>
    public IReadOnlyList<string> Voids(IReadOnlyList<RecordedTime> recorded) =>
    [
        .. from peer in All
           where peer.IsPeer
           from time in recorded
           where time.Peer == peer.Key && time.Users == work.Taxi.Users
           let ratio = time.RatioOf(Figure.Of(peer).Median, FillRate)
           where ratio > RecordedTime.Tolerance
           select FormattableString.Invariant($"{peer.Name} took {ratio:F2} times its recorded time relative to the fill rate"),
    ];
}
