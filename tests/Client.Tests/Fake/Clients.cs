using FeatureService.Client.Transport;

namespace FeatureService.Client.Tests.Fake;

/// <summary>Clients that ask again soon.</summary>
public static class Clients
{
    /// <summary>Three weeks of everything.</summary>
    public static BackfillQuery Query { get; } = new()
    {
        View = ViewReference.OfText("view: fake"),
        Weeks = new WeekSpan("2024-01-01", "2024-W03"),
    };

    public static FeatureServiceClient Of(params FakeService[] services) => Of(o => o, services);

    /// <summary>
    /// A client that has one call in flight, and ends with <see cref="FanOut.PartialBuildException"/> at the first failure, before it would ask
    /// again: what it brought home until then depends on the script alone, not on how fast the machine is.
    /// </summary>
    public static FeatureServiceClient WithoutPatience(params FakeService[] services) => Of(
        o => o with
        {
            OutageTimeout = TimeSpan.FromMilliseconds(1),
            BackoffMin = TimeSpan.FromHours(1),
            BackoffMax = TimeSpan.FromHours(1),
            ShardsInFlightMax = 1,
        },
        services);

    public static FeatureServiceClient Of(Func<FeatureServiceClientOptions, FeatureServiceClientOptions> change, params FakeService[] services) =>
        new(change(new FeatureServiceClientOptions
        {
            Endpoints = [.. services.Select(s => s.Address)],
            BackoffMin = TimeSpan.FromMilliseconds(5),
            BackoffMax = TimeSpan.FromMilliseconds(50),
            // On a machine that is busy with other tests, or stands for some seconds, a service may be slow, and is not gone.
            ConnectTimeout = TimeSpan.FromMinutes(1),
            UnaryDeadline = TimeSpan.FromMinutes(5),
            StreamIdleTimeout = TimeSpan.FromMinutes(5),
            OutageTimeout = TimeSpan.FromMinutes(2),
            ProbeAfter = TimeSpan.FromMinutes(1),
            ProbeTimeout = TimeSpan.FromMinutes(1),
            StragglerFactor = double.PositiveInfinity,
        }));
}
