namespace FeatureService.Samples.Taxi;

/// <summary>How large a life of the taxi app is generated. Equal options give equal events, on any machine.</summary>
public sealed record TaxiOptions
{
    /// <summary>The last instant of the life is the start of this day in Tokyo: a Monday, the <c>complete_until</c> of the catalog.</summary>
    public static DateOnly EndDate { get; } = new(2025, 1, 6);

    /// <summary>How many people sign up, from 1; their ids count from 1. Default 10,000.</summary>
    public int Users { get; init; } = 10_000;

    /// <summary>How many weeks the life has before <see cref="EndDate"/>, from 1 to 520. Default 260: five years.</summary>
    public int Weeks { get; init; } = 260;

    /// <summary>Which of the many possible lives. Default 1.</summary>
    public ulong Seed { get; init; } = 1;

    /// <summary>Threads that generate and write; they do not change the events. Default: as many as the process has CPUs.</summary>
    public int Threads { get; init; } = Environment.ProcessorCount;

    /// <summary>The Monday with which the life begins.</summary>
    public DateOnly FirstWeek => EndDate.AddDays(-7 * Weeks);

    /// <summary>The Monday of the last week: the last one whose labels are known.</summary>
    public DateOnly LastWeek => EndDate.AddDays(-7);

    internal TaxiOptions Validated()
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(Users, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(Weeks, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(Weeks, 520);
        ArgumentOutOfRangeException.ThrowIfLessThan(Threads, 1);
        return this;
    }
}
