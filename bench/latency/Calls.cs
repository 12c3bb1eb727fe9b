using System.Diagnostics;
using FeatureService.Contracts.V1;
using FeatureService.Samples.Taxi;

namespace FeatureService.Bench.Latency;

/// <summary>Small requests one behind the other: all features of one user and week.</summary>
/// <param name="service">The service.</param>
/// <param name="taxi">The sample.</param>
internal sealed class Calls(FeatureVectorsService.FeatureVectorsServiceClient service, TaxiOptions taxi)
{
    /// <summary>Times calls for users and weeks that follow from their number.</summary>
    /// <returns>Milliseconds of each, ascending.</returns>
    public async Task<double[]> TimeAsync(int count)
    {
        var times = new double[count];
        for (var i = 0; i < count; i++)
        {
            var week = taxi.FirstWeek.AddDays(7 * (i * 13 % taxi.Weeks));
            var request = new GetFeatureVectorsRequest
            {
                View = new ViewSelector { Name = TaxiSample.View },
                Grid = new Grid { Weeks = new WeekRange { First = $"{week:yyyy-MM-dd}" }, Keys = new EntityKeys { Int64Keys = { 1 + (i * 7919L % taxi.Users) } } },
            };
            var start = Stopwatch.GetTimestamp();
            await service.GetFeatureVectorsAsync(request);
            times[i] = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
        }

        Array.Sort(times);
        return times;
    }
}
