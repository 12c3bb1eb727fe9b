namespace FeatureService.Caching;

/// <summary>Tells the log when Redis goes and comes, as nothing else does: answers are the same without it, and only slower.</summary>
/// <param name="cache">The cache.</param>
/// <param name="time">The clock.</param>
/// <param name="log">Where it is told.</param>
internal sealed partial class RedisWatch(BlockCache cache, TimeProvider time, ILogger<RedisWatch> log) : PeriodicLook(Period, time)
{
    /// <summary>From one look to the next, the first being the time that a connection has to be made.</summary>
    public static readonly TimeSpan Period = TimeSpan.FromSeconds(5);

    private string _told = CacheState.Connected;

    /// <summary>Looks once, and tells what has changed.</summary>
    public override void Look()
    {
        var redis = cache.State.Redis;
        if (redis == _told || redis == CacheState.None)
        {
            return;
        }

        if (redis == CacheState.Connected)
        {
            LogBack();
        }
        else
        {
            LogGone(redis, redis == CacheState.ReadOnly ? "nothing is written to it" : "columns are kept in this service's memory alone");
        }

        _told = redis;
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "redis: {State}: {Effect}")]
    private partial void LogGone(string state, string effect);

    [LoggerMessage(Level = LogLevel.Information, Message = "redis: connected")]
    private partial void LogBack();

    [LoggerMessage(Level = LogLevel.Error, Message = "looking after Redis failed")]
    protected override partial void LogFault(Exception exception);
}
