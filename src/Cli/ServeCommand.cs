using System.CommandLine;
using FeatureService.Cli.CommandLine;
using FeatureService.Engine.Snapshots;
using FeatureService.Hosting;

namespace FeatureService.Cli;

/// <summary><c>featurectl serve</c>: runs the service until it is told to stop.</summary>
internal static class ServeCommand
{
    /// <summary>The verb.</summary>
    public static Command Create()
    {
        var command = new Command("serve", "Serve snapshots over gRPC until told to stop.");
        var options = ServiceSettings.All.ToDictionary(s => s.Name, OptionOf);
        foreach (var option in options.Values)
        {
            command.Add(option);
        }

        var config = new Option<string?>("--config")
        {
            Description = "A JSON file of these settings by name, such as {\"workers\": 2}. A flag wins over FEATURES__NAME, that over the file.",
            HelpName = "FILE",
        };
        command.Add(config);
        command.SetAction((parsed, cancellation) =>
        {
            var given = options
                .Where(o => parsed.GetResult(o.Value) is { Implicit: false })
                .ToDictionary(o => o.Key, o => ValuesOf(parsed, o.Value), StringComparer.Ordinal);
            return RunAsync(given, parsed.GetValue(config), parsed.InvocationConfiguration.Error, cancellation);
        });
        return command;
    }

    private static async Task<int> RunAsync(
        IReadOnlyDictionary<string, IReadOnlyList<string>> flags, string? config, TextWriter error, CancellationToken cancellation)
    {
        try
        {
            var options = ServiceSettings.Read(flags, Environment.GetEnvironmentVariable, config);
            await ServiceProcess.RunAsync(options, error, cancellation).ConfigureAwait(false);
            return (int)ExitCode.Done;
        }
        catch (ServiceOptionsException exception)
        {
            throw CliException.BadInput(exception.Message);
        }
        catch (SnapshotDamagedException exception)
        {
            throw CliException.Failed(exception.Message);
        }
    }

    private static Option OptionOf(Setting setting) => setting.Kind == SettingKind.Switch
        ? new Option<bool>(setting.Flag) { Description = setting.Description }
        : new Option<string[]>(setting.Flag) { Description = setting.Description, HelpName = setting.ValueName, AllowMultipleArgumentsPerToken = false };

    private static IReadOnlyList<string> ValuesOf(ParseResult parsed, Option option) =>
        option is Option<string[]> texts ? parsed.GetValue(texts) ?? [] : ["true"];
}
