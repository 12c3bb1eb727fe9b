using FeatureService.Hosting;
using FeatureService.Testing;

namespace FeatureService.Tests.Hosting;

public sealed class ServiceArgumentsTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Values_stand_behind_a_flag_or_an_equals_sign()
    {
        var config = _folder.Write("c.json", """{"drain-seconds": 2.5}""");

        var options = ServiceArguments.Read(
            ["--snapshot", "a=" + _folder.Path, $"--snapshot=b={_folder.Path}", "--insecure-no-auth", "--workers=7", "--config", config], _ => null);

        Assert.Equal(["a", "b"], options.Snapshots.Select(s => s.Name));
        Assert.True(options.InsecureNoAuth);
        Assert.Equal(7, options.Workers);
        Assert.Equal(TimeSpan.FromSeconds(2.5), options.DrainMax);
    }

    [Fact]
    public void Unknown_and_unfinished_arguments_are_told_at_once()
    {
        var error = Assert.Throws<ServiceOptionsException>(() => ServiceArguments.Read(["--wrokers", "--views"], _ => null));

        Assert.Equal(["there is no argument '--wrokers', did you mean '--workers'?", "--views: expected a value behind it"], error.Errors);
    }

    [Fact]
    public void A_setting_of_one_value_is_given_once()
    {
        var error = Assert.Throws<ServiceOptionsException>(
            () => ServiceArguments.Read(["--snapshot", _folder.Path, "--workers", "1", "--workers", "2"], _ => null));

        Assert.Equal(["workers: given 2 times: expected one value"], error.Errors);
    }
}
