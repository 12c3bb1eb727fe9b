using StackExchange.Redis;

namespace FeatureService.Caching;

/// <summary>What goes wrong with Redis, by the few names that metrics use.</summary>
internal static class RedisFailures
{
    /// <summary>Redis did not answer in time.</summary>
    public const string Timeout = "timeout";

    /// <summary>A failure's name; null of an exception that is none of Redis.</summary>
    public static string? Label(Exception exception) => exception switch
    {
        // The library's own time-out is one of these as well.
        TimeoutException => Timeout,
        RedisServerException => "server",
        RedisConnectionException or ObjectDisposedException => "connection",
        // What the library refuses to send is none of its other exceptions, such as a database that the server does not have.
        RedisException or RedisCommandException => "other",
        _ => null,
    };
}
