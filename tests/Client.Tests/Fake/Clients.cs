using FeatureService.Client.Transport;

namespace FeatureService.Client.Tests.Fake;

/// <summary>Clients that wait for little.</summary>
public static class Clients
{
    /// <summary>Three weeks of everything.</summary>
    public static BackfillQuery Query { get; } = new()
    {
        View = ViewReference.OfText("view: fake"),
        Weeks = new WeekSpan("2024-01-01", "2024-W03"),
    };

    public static FeatureServiceClient Of(params FakeService[] services) => Of(o => o, services);

    public static FeatureServiceClient Of(Func<FeatureServiceClientOptions, FeatureServiceClientOptions> change, params FakeService[] services) =>
        new(change(new FeatureServiceClientOptions
        {
            Endpoints = [.. services.Select(s => s.Address)],
            BackoffMin = TimeSpan.FromMilliseconds(5),
            BackoffMax = TimeSpan.FromMilliseconds(50),
            OutageTimeout = TimeSpan.FromSeconds(20),
        }));
}
