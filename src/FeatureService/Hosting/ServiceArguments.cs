namespace FeatureService.Hosting;

/// <summary>The arguments of the service's own executable: <c>--name value</c> or <c>--name=value</c>, and <c>--config FILE</c>.</summary>
internal static class ServiceArguments
{
    private const string Config = "--config";

    /// <summary>Reads arguments, environment and configuration file.</summary>
    /// <exception cref="ServiceOptionsException">They are wrong; tells every error.</exception>
    public static ServiceOptions Read(IReadOnlyList<string> args, Func<string, string?> variable)
    {
        var errors = new List<string>();
        var flags = new Dictionary<string, IReadOnlyList<string>>(StringComparer.Ordinal);
        string? config = null;
        for (var i = 0; i < args.Count; i++)
        {
            var equals = args[i].IndexOf('=', StringComparison.Ordinal);
            var flag = equals < 0 ? args[i] : args[i][..equals];
            var setting = ServiceSettings.All.FirstOrDefault(s => s.Flag == flag);
            if (setting is null && flag != Config)
            {
                errors.Add($"there is no argument '{flag}'{Registry.NearestName.Hint(flag, ServiceSettings.All.Select(s => s.Flag))}");
                continue;
            }

            var value = equals >= 0 ? args[i][(equals + 1)..]
                : setting?.Kind == SettingKind.Switch ? "true"
                : i + 1 < args.Count ? args[++i]
                : null;
            if (value is null)
            {
                errors.Add($"{flag}: expected a value behind it");
            }
            else if (setting is null)
            {
                config = value;
            }
            else
            {
                flags[setting.Name] = [.. flags.GetValueOrDefault(setting.Name) ?? [], value];
            }
        }

        return errors.Count == 0 ? ServiceSettings.Read(flags, variable, config) : throw new ServiceOptionsException(errors);
    }
}
