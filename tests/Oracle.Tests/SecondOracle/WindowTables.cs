using NodaTime.Text;

namespace FeatureService.Oracle.Tests.SecondOracle;

/// <summary>The instants of windows as tables of DuckDB: <c>day</c>, <c>start</c>, <c>stop</c>, <c>settled</c>, <c>cutoff</c> of each week.</summary>
/// <param name="instants">The zone and the weeks.</param>
/// <param name="execute">Runs a statement.</param>
internal sealed class WindowTables(ZoneInstants instants, Action<string> execute)
{
    private readonly Dictionary<(Window Window, Span? Settles), string> _names = [];

    /// <summary>The table of a window, made when it is first asked for.</summary>
    /// <param name="window">The window.</param>
    /// <param name="settles">How late rows of the source may still become known.</param>
    public string Of(Window window, Span? settles)
    {
        if (!_names.TryGetValue((window, settles), out var name))
        {
            name = $"w_{_names.Count}";
            var rows = instants.Days.Select(day =>
            {
                var (start, stop, settled) = instants.Of(window, day, settles);
                return $"(DATE '{LocalDatePattern.Iso.Format(day)}', {start}, {stop}, {settled}, {instants.StartOfDay(day)})";
            });
            execute($"CREATE TABLE {name}(day DATE, start BIGINT, stop BIGINT, settled BIGINT, cutoff BIGINT);"
                + $"INSERT INTO {name} VALUES {string.Join(", ", rows)};");
            _names.Add((window, settles), name);
        }

        return name;
    }
}
