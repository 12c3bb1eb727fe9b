namespace FeatureService.Samples.Taxi;

/// <summary>How many events were written.</summary>
/// <param name="AppOpens">Rows of <c>app_opens</c>.</param>
/// <param name="Rides">Rows of <c>rides</c>.</param>
/// <param name="Coupons">Rows of <c>coupons</c>.</param>
public sealed record TaxiReport(long AppOpens, long Rides, long Coupons)
{
    /// <summary>Rows of all three.</summary>
    public long Events => AppOpens + Rides + Coupons;
}
