using FeatureService.Hosting;
using FeatureService.Tests.Support;
using Microsoft.Extensions.Logging;

namespace FeatureService.Tests.Hosting;

public sealed class ProcessLogTests
{
    [Theory]
    [InlineData("Microsoft.Extensions.Hosting.Internal.Host", LogLevel.Error, false)]
    [InlineData("Microsoft.AspNetCore.Server.Kestrel", LogLevel.Error, true)]
    [InlineData("FeatureService.Registry.Reloader", LogLevel.Warning, true)]
    [InlineData("FeatureService.Caching.RedisWatch", LogLevel.Information, true)]
    [InlineData("FeatureService.Edge.RequestInterceptor", LogLevel.Information, true)]
    public void A_start_that_fails_is_not_told_twice_and_what_matters_is_told(string category, LogLevel level, bool isTold)
    {
        using var lines = new LogLines();
        using var factory = LoggerFactory.Create(logging =>
        {
            ServiceProcess.Choose(logging);
            logging.AddProvider(lines);
        });

        factory.CreateLogger(category).Log(level, "address already in use");

        Assert.Equal(isTold ? 1 : 0, lines.Lines.Count);
    }
}
