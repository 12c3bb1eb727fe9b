using System.IO.Hashing;
using System.Runtime.InteropServices;
using FeatureService.Samples.Taxi;

namespace FeatureService.Taxi.Tests;

public sealed class DeterminismTests
{
    [Fact]
    public void The_first_thousand_users_of_the_default_life_have_these_events_on_every_machine() =>
        Assert.Equal("947dc0fc5b12b5815bd9dfedd1803919", Hash(TaxiSample.Generate(new TaxiOptions(), 1, 1_000)));

    [Fact]
    public void The_first_thousand_users_of_the_default_life_have_these_profiles_on_every_machine() =>
        Assert.Equal("4d580409562d7bdc87ec77df694e53a9", Hash(TaxiSample.Generate(new TaxiOptions(), 1, 1_000).Users));

    [Fact]
    public void Another_seed_is_another_life() => Assert.NotEqual(
        Hash(TaxiSample.Generate(new TaxiOptions { Seed = 1 }, 1, 10)),
        Hash(TaxiSample.Generate(new TaxiOptions { Seed = 2 }, 1, 10)));

    [Fact]
    public void A_user_is_the_same_whatever_else_is_generated()
    {
        var options = new TaxiOptions { Weeks = 100 };
        var together = TaxiSample.Generate(options, 1, 40).AppOpens;
        var alone = TaxiSample.Generate(options with { Users = 77 }, 40, 1).AppOpens;
        Assert.Equal(alone.OpenedAt, together.OpenedAt.Where((_, row) => together.UserId[row] == 40));
    }

    [Fact]
    public void Files_have_the_same_bytes_on_one_thread_and_on_four()
    {
        var options = new TaxiOptions { Users = 5_100, Weeks = 26 };
        var folder = Directory.CreateTempSubdirectory("taxi-");
        try
        {
            var one = Path.Combine(folder.FullName, "one");
            var four = Path.Combine(folder.FullName, "four");
            var report = TaxiSample.Write(one, options with { Threads = 1 }, cancellation: TestContext.Current.CancellationToken);
            Assert.Equal(report, TaxiSample.Write(four, options with { Threads = 4 }, cancellation: TestContext.Current.CancellationToken));
            var files = Files(one);
            Assert.Equal((4 * 3) + 3, files.Length);
            Assert.Equal(files, Files(four));
            Assert.All(files, file => Assert.Equal(File.ReadAllBytes(Path.Combine(one, file)), File.ReadAllBytes(Path.Combine(four, file))));
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static string[] Files(string folder) =>
    [
        .. Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories)
            .Select(file => Path.GetRelativePath(folder, file)).Order(StringComparer.Ordinal),
    ];

    private static string Hash(TaxiEvents.UserColumns users)
    {
        var hash = new XxHash128();
        hash.Append(MemoryMarshal.AsBytes(CollectionsMarshal.AsSpan(users.UserId)));
        hash.Append(CollectionsMarshal.AsSpan(users.City));
        hash.Append(CollectionsMarshal.AsSpan(users.Channel));
        hash.Append(MemoryMarshal.AsBytes(CollectionsMarshal.AsSpan(users.BirthYear)));
        return Convert.ToHexStringLower(hash.GetCurrentHash());
    }

    private static string Hash(TaxiEvents events)
    {
        var hash = new XxHash128();
        var (opens, rides, coupons) = (events.AppOpens, events.Rides, events.Coupons);
        foreach (var column in new[] { opens.UserId, opens.OpenedAt, rides.UserId, rides.PickedUpAt, rides.Fare, rides.Minutes, coupons.UserId, coupons.At, coupons.Value })
        {
            hash.Append(MemoryMarshal.AsBytes(CollectionsMarshal.AsSpan(column)));
        }

        hash.Append(MemoryMarshal.AsBytes(CollectionsMarshal.AsSpan(rides.Km)));
        foreach (var column in new[] { opens.Platform, rides.Area, rides.Payment, rides.Rating, coupons.Action })
        {
            hash.Append(CollectionsMarshal.AsSpan(column));
        }

        return Convert.ToHexStringLower(hash.GetCurrentHash());
    }
}
