using System.Diagnostics;
using System.Runtime.Intrinsics.X86;

namespace FeatureService.Engine.Tests.Oracle;

/// <summary>The same bits on every CPU: recorded hashes of results, in this process and in others that are kept from using SIMD.</summary>
public sealed class CpuSettingsTests
{
    /// <summary>Written beside the test on every run; to be copied over the recorded file when definitions are added on purpose.</summary>
    private const string ActualFile = "result-hashes.actual.txt";

    [Fact]
    public void Results_have_the_recorded_hashes()
    {
        string[] actual = [.. ResultHashes.Compute()];
        File.WriteAllLines(Path.Combine(AppContext.BaseDirectory, ActualFile), actual);
        Assert.Equal(File.ReadAllLines(Path.Combine(AppContext.BaseDirectory, "Oracle", "result-hashes.txt")), actual);
        // A setting that the runtime does not follow would prove nothing.
        Assert.False(Environment.GetEnvironmentVariable("DOTNET_EnableAVX2") == "0" && Avx2.IsSupported);
        Assert.False(Environment.GetEnvironmentVariable("DOTNET_EnableAVX512") == "0" && Avx512F.IsSupported);
    }

    [Theory]
    [InlineData("DOTNET_EnableAVX512", "0")]
    [InlineData("DOTNET_EnableAVX2", "0")]
    [InlineData("GLIBC_TUNABLES", "glibc.cpu.hwcaps=-FMA,-AVX2,-AVX2_Usable,-FMA_Usable")]
    public async Task Results_have_the_recorded_hashes_with_the_setting(string variable, string value)
    {
        var assembly = typeof(CpuSettingsTests).Assembly.Location;
        var start = new ProcessStartInfo("dotnet")
        {
            ArgumentList = { assembly, "-method", $"{typeof(CpuSettingsTests).FullName}.{nameof(Results_have_the_recorded_hashes)}" },
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment[variable] = value;
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        var errors = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.True(process.ExitCode == 0, await output + await errors);
        Assert.Contains("Total: 1,", await output, StringComparison.Ordinal);
    }
}
