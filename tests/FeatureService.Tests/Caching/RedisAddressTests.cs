using System.Net;
using FeatureService.Caching;
using FeatureService.Testing;
using StackExchange.Redis;

namespace FeatureService.Tests.Caching;

public sealed class RedisAddressTests
{
    private static readonly TimeSpan CallMax = TimeSpan.FromMilliseconds(150);

    [Fact]
    public void Every_wait_is_bounded_and_a_start_does_not_need_redis()
    {
        Assert.True(RedisAddress.TryRead("redis:6379,other:6380,ssl=true", CallMax, out var settings, out _));

        Assert.Equal([new DnsEndPoint("redis", 6379), new DnsEndPoint("other", 6380)], settings.EndPoints);
        Assert.True(settings.Ssl);
        Assert.False(settings.AbortOnConnectFail);
        Assert.Equal((150, TimeSpan.FromMilliseconds(100)), (settings.AsyncTimeout, settings.HeartbeatInterval));
        Assert.Same(BacklogPolicy.FailFast, settings.BacklogPolicy);
    }

    [Fact]
    public void A_password_comes_from_a_file_or_a_variable_and_from_nowhere_else()
    {
        using var folder = new TempFolder();
        folder.Write("address", "redis:6379,user=features,password=tiger\n");

        Assert.True(RedisAddress.TryRead("file:" + folder["address"], CallMax, out var settings, out _));
        Assert.Equal(("features", "tiger"), (settings.User, settings.Password));

        Assert.False(RedisAddress.TryRead("redis:6379,password=tiger", CallMax, out _, out var error));
        Assert.Contains("expected env:NAME or file:PATH", error, StringComparison.Ordinal);
        Assert.DoesNotContain("tiger", error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("redis:6379,pasword=tiger")]
    [InlineData("features:tiger@redis:6379")]
    [InlineData("redis://:tiger@redis:6379")]
    public void What_may_be_a_password_is_not_shown_where_the_address_is_wrong(string address)
    {
        Assert.False(RedisAddress.TryRead(address, CallMax, out _, out var error));

        Assert.Equal("this is no address of Redis: expected HOST:PORT, several with a comma between, and options as ssl=true", error);
    }

    [Theory]
    [InlineData("", "is no address of Redis")]
    [InlineData("redis:6379,sslx=1", "is no address of Redis")]
    [InlineData("redis:99999", "'redis:99999' is no address of Redis")]
    [InlineData("redis://redis:6379", "'redis://redis:6379' is no address of Redis")]
    [InlineData("ssl=true", "names no server")]
    [InlineData("redis:6379,proxy=envoyproxy,defaultDatabase=3", "a proxy leads to database 0 alone")]
    [InlineData("env:FEATURES_TEST_NOT_SET", "the variable FEATURES_TEST_NOT_SET is not set")]
    [InlineData("file:/no/such/file", "/no/such/file cannot be read")]
    public void Other_addresses_are_refused_with_what_was_expected(string address, string expected)
    {
        Assert.False(RedisAddress.TryRead(address, CallMax, out _, out var error));
        Assert.Contains(expected, error, StringComparison.Ordinal);
        Assert.Contains("expected", error, StringComparison.Ordinal);
    }
}
