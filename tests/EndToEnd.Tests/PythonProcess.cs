using System.Diagnostics;

namespace FeatureService.EndToEnd.Tests;

/// <summary>The Python that the client's checks run in: Debian's, which finds Debian's packages, or what FEATURES_PYTHON names.</summary>
internal static class PythonProcess
{
    private const string Variable = "FEATURES_PYTHON";

    private static readonly (string Try, string Package)[] Needs =
    [
        ("import grpc", "python3-grpcio"),
        ("import google.protobuf", "python3-protobuf"),
        ("import numpy", "python3-numpy"),
        ("import pandas", "python3-pandas"),
        ("import shutil, sys; sys.exit(shutil.which('protoc') is None)", "protobuf-compiler"),
    ];

    private static string Executable => Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } named ? named : "/usr/bin/python3";

    /// <summary>Skips the test that calls it where something is missing, saying what.</summary>
    public static async Task SkipUnlessCompleteAsync(CancellationToken cancellation)
    {
        if (!File.Exists(Executable))
        {
            Assert.Skip($"there is no {Executable}: {Variable} names another python3");
        }

        var missing = new List<string>();
        foreach (var (attempt, package) in Needs)
        {
            if ((await RunAsync(["-c", attempt], cancellation)).ExitCode != 0)
            {
                missing.Add(package);
            }
        }

        if (missing.Count > 0)
        {
            Assert.Skip($"{Executable} misses {string.Join(", ", missing)}");
        }
    }

    /// <summary>Runs one of the checks beside the tests' sources and expects that it finds nothing wrong.</summary>
    public static async Task CheckAsync(string script, params string[] arguments)
    {
        var path = Path.Combine(Readme.Root, "tests", "EndToEnd.Tests", "Python", script);
        var result = await RunAsync([path, .. arguments], TestContext.Current.CancellationToken);
        Assert.True(result.ExitCode == 0, result.ToString());
    }

    private static async Task<CommandResult> RunAsync(string[] arguments, CancellationToken cancellation)
    {
        var start = new ProcessStartInfo(Executable) { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        // Nothing is left in the sources' folders.
        start.Environment["PYTHONDONTWRITEBYTECODE"] = "1";
        using var process = Process.Start(start) ?? throw new InvalidOperationException($"{Executable} could not be started");
        try
        {
            var output = process.StandardOutput.ReadToEndAsync(cancellation);
            var errors = process.StandardError.ReadToEndAsync(cancellation);
            await process.WaitForExitAsync(cancellation);
            return new CommandResult($"{Executable} {string.Join(' ', arguments)}", process.ExitCode, await output, await errors);
        }
        finally
        {
            if (!process.HasExited)
            {
                process.Kill();
            }
        }
    }
}
