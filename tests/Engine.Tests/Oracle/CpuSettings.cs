using System.Diagnostics;
using System.Runtime.Intrinsics.X86;

namespace FeatureService.Engine.Tests.Oracle;

/// <summary>Settings that keep a process from using what the processor can do.</summary>
internal static class CpuSettings
{
    /// <summary>Variables of the environment and their values.</summary>
    public static TheoryData<string, string> All => new()
    {
        { "DOTNET_EnableAVX512", "0" },
        { "DOTNET_EnableAVX2", "0" },
        { "GLIBC_TUNABLES", "glibc.cpu.hwcaps=-FMA,-AVX2,-AVX2_Usable,-FMA_Usable" },
    };

    /// <summary>A setting that the runtime does not follow would prove nothing.</summary>
    public static void AreFollowed()
    {
        Assert.False(Environment.GetEnvironmentVariable("DOTNET_EnableAVX2") == "0" && Avx2.IsSupported);
        Assert.False(Environment.GetEnvironmentVariable("DOTNET_EnableAVX512") == "0" && Avx512F.IsSupported);
    }

    /// <summary>Runs one test of this assembly in a process of its own that has the setting.</summary>
    public static async Task Run(string variable, string value, Type tests, string method)
    {
        var start = new ProcessStartInfo("dotnet")
        {
            ArgumentList = { tests.Assembly.Location, "-method", $"{tests.FullName}.{method}" },
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
