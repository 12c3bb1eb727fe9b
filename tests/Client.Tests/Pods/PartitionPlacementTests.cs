using FeatureService.Client.FanOut;
using FeatureService.Client.Transport;
using FeatureService.Client.Transport.Pods;

namespace FeatureService.Client.Tests.Pods;

public sealed class PartitionPlacementTests
{
    private static readonly FeatureServiceClientOptions _options = new() { Endpoints = ["unix:/unused"] };

    [Theory]
    [InlineData(2)]
    [InlineData(5)]
    [InlineData(16)]
    public void No_pod_gets_more_than_a_tenth_above_the_mean(int count)
    {
        var random = new Random(count);
        var weights = Enumerable.Range(0, 512).ToDictionary(partition => partition, _ => (long)random.Next(1_000, 10_000));
        var pods = Pods(count);
        var loads = PartitionPlacement.Place(weights, pods).GroupBy(p => p.Value).Select(g => g.Sum(p => weights[p.Key])).ToArray();
        Assert.Equal(count, loads.Length);
        Assert.All(loads, load => Assert.True(load <= 1.1 * weights.Values.Sum() / count, $"{load} of {weights.Values.Sum()}"));
    }

    [Fact]
    public void A_pod_that_comes_takes_its_part_and_moves_little_else()
    {
        var weights = Enumerable.Range(0, 1_024).ToDictionary(partition => partition, _ => 1L);
        var before = PartitionPlacement.Place(weights, Pods(8)).ToDictionary(p => p.Key, p => p.Value.Address);
        var after = PartitionPlacement.Place(weights, Pods(9)).ToDictionary(p => p.Key, p => p.Value.Address);
        var moved = weights.Keys.Count(partition => before[partition] != after[partition]);
        // A ninth must; who is over the bound hands some on.
        Assert.InRange(moved, 1_024 / 9 * 0.8, 1_024 / 9 * 2.5);
    }

    [Fact]
    public void Clients_that_know_the_pods_in_another_order_place_alike()
    {
        var weights = Enumerable.Range(0, 64).ToDictionary(partition => partition, _ => 1L);
        var one = PartitionPlacement.Place(weights, Pods(4)).ToDictionary(p => p.Key, p => p.Value.Address);
        var other = PartitionPlacement.Place(weights, [.. Pods(4).Reverse()]).ToDictionary(p => p.Key, p => p.Value.Address);
        Assert.Equal(one, other);
    }

    [Fact]
    public void A_partition_heavier_than_the_bound_goes_to_the_pod_with_the_least()
    {
        var placed = PartitionPlacement.Place(new Dictionary<int, long> { [0] = 100, [1] = 1, [2] = 1 }, Pods(2));
        Assert.Equal(placed[1], placed[2]);
        Assert.NotEqual(placed[0], placed[1]);
    }

    private static IReadOnlyList<Pod> Pods(int count) =>
        [.. Enumerable.Range(0, count).Select(i => new Pod($"http://10.0.0.{i}:5080", 0, new Endpoint("unix:/unused", _options), new PodLimit(2)))];
}
