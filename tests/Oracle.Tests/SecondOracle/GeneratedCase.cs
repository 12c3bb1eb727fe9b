using System.Globalization;
using System.Text;
using FeatureService.Engine.Definitions;
using FeatureService.Engine.Snapshots;
using FeatureService.Ingest;
using FeatureService.Testing;
using NodaTime;
using NodaTime.Text;

namespace FeatureService.Oracle.Tests.SecondOracle;

/// <summary>
/// Generated events of a zone, as files that a build reads and as tables of DuckDB. Many lie on the ends of windows, share their
/// instant, or become known late, at a cutoff or never. Floats are quarters, whose sums no order of operations changes, or NaN.
/// </summary>
internal sealed class GeneratedCase : IDisposable
{
    private const int Entities = 8;
    private const long MicrosPerHour = 3_600_000_000;

    private static readonly string[] s_areas = ["App", "app", "cash", "cash%", "a_b", "it's", "Ünï", "😀"];

    private readonly TempFolder _folder = new();
    private readonly Random _random;
    private readonly ZoneInstants _instants;
    private readonly MappedSnapshot _snapshot;
    private readonly OracleDuckDb _duckDb;

    /// <summary>Makes the events, builds the snapshot and fills DuckDB.</summary>
    /// <param name="zone">The zone.</param>
    /// <param name="firstDay">First day of the first week.</param>
    /// <param name="weeks">Number of weeks.</param>
    /// <param name="seed">Of the events.</param>
    public GeneratedCase(string zone, LocalDate firstDay, int weeks, int seed)
    {
        _random = new Random(seed);
        _instants = new ZoneInstants(zone, firstDay, weeks);
        _duckDb = new OracleDuckDb(_instants);
        // Labels of the last weeks are not mature, and those of rides earlier, as they settle late.
        var whole = _instants.Days[^4];
        SqlSource[] sources =
        [
            new("opens", new Dictionary<string, Kind> { ["at"] = Kind.Instant, ["over"] = Kind.Integer }, _instants.StartOfDay(whole)),
            new(
                "rides",
                new Dictionary<string, Kind>
                {
                    ["at"] = Kind.Instant,
                    ["known_at"] = Kind.Instant,
                    ["fare"] = Kind.Integer,
                    ["km"] = Kind.Float,
                    ["area"] = Kind.Text,
                    ["night"] = Kind.Bool,
                    ["booked_on"] = Kind.Date,
                },
                _instants.StartOfDay(whole),
                new Span(9, "d")),
            new("users", new Dictionary<string, Kind> { ["city"] = Kind.Text, ["age"] = Kind.Integer, ["score"] = Kind.Float }, long.MaxValue),
        ];
        Write(sources[0], Enumerable.Range(0, 500).Select(_ => new object?[] { _random.Next(1, Entities), Time(), _random.Next(10) }));
        Write(sources[1], Enumerable.Range(0, 800).Select(_ => Ride()));
        Write(sources[2], Enumerable.Range(2, Entities - 1).Select(entity => new object?[]
        {
            entity, Sometimes(s_areas[_random.Next(s_areas.Length)]), Sometimes((long)_random.Next(18, 90)), Sometimes(_random.Next(100) / 4.0),
        }));
        _duckDb.AddGrid("SELECT entity FROM opens UNION SELECT entity FROM rides UNION SELECT entity FROM users");
        _snapshot = Build(zone, firstDay.DayOfWeek, whole);
        Answers = new TwoAnswers(_snapshot, _duckDb, sources);
    }

    /// <summary>Both answers.</summary>
    public TwoAnswers Answers { get; }

    /// <inheritdoc/>
    public void Dispose()
    {
        _snapshot.Dispose();
        _duckDb.Dispose();
        _folder.Dispose();
    }

    private object?[] Ride()
    {
        var time = Time();
        var known = _random.Next(10) switch
        {
            0 => (Instant?)null,
            1 => Time(),
            2 => NextCutoff(time),
            < 6 => time.Plus(Duration.FromHours(_random.Next(1, 400))),
            _ => time,
        };
        var km = _random.Next(30) == 0 ? double.NaN : _random.Next(-40, 400) / 4.0;
        return
        [
            _random.Next(1, Entities - 1), time, known, Sometimes((long)_random.Next(-20, 60)), Sometimes(km),
            Sometimes(s_areas[_random.Next(s_areas.Length)]), Sometimes(_random.Next(2) == 0),
            Sometimes(_instants.Days[0].PlusDays(_random.Next(-30, 200))),
        ];
    }

    private Instant NextCutoff(Instant time) => Of(_instants.Days
        .Select(_instants.StartOfDay).FirstOrDefault(cutoff => cutoff > ZoneInstants.Micros(time), ZoneInstants.Micros(time)));

    /// <summary>Anywhere, or within a microsecond of a week's or day's start or of whole hours from it.</summary>
    private Instant Time()
    {
        var day = _instants.Days[_random.Next(_instants.Days.Count)];
        var anyDay = day.PlusDays(_random.Next(7));
        return Of(_random.Next(5) switch
        {
            0 => _instants.StartOfDay(day),
            1 => _instants.StartOfDay(anyDay) + _random.Next(-1, 2),
            2 => _instants.StartOfDay(day) + (_random.Next(-48, 48) * MicrosPerHour),
            _ => _instants.StartOfDay(anyDay) + _random.NextInt64(24 * MicrosPerHour),
        });
    }

    private static Instant Of(long micros) => Instant.FromUnixTimeTicks(micros * 10);

    private object? Sometimes(object value) => _random.Next(8) == 0 ? null : value;

    /// <summary>The rows as a CSV file and as a table; position in the file breaks ties of time.</summary>
    private void Write(SqlSource source, IEnumerable<object?[]> made)
    {
        var rows = made.ToList();
        var csv = new StringBuilder("user_id,").AppendJoin(',', source.Columns.Keys).Append('\n');
        rows.ForEach(row => csv.AppendJoin(',', row.Select(Csv)).Append('\n'));
        _folder.Write($"{source.Name}.csv", csv.ToString());
        var columns = source.Columns.Select(column => $"\"c_{column.Key}\" {new Sql("", column.Value).Type}");
        var (time, known) = source.Columns.ContainsKey("known_at") ? ("c_at", "c_known_at") : source.Columns.ContainsKey("at") ? ("c_at", "c_at") : ("0", "0");
        _duckDb.Execute($"CREATE TABLE raw(pos INTEGER, entity BIGINT, {string.Join(", ", columns)});"
            + $"INSERT INTO raw VALUES {string.Join(", ", rows.Select((row, i) => $"({i}, {string.Join(", ", row.Select(Constant))})"))};"
            + $"CREATE TABLE {source.Name} AS SELECT *, {time} AS time, {known} AS known, row_number() OVER (ORDER BY {time}, pos) AS seq FROM raw; DROP TABLE raw;");
    }

    private static string Csv(object? value) => value switch
    {
        null => "",
        Instant instant => InstantPattern.ExtendedIso.Format(instant),
        LocalDate date => LocalDatePattern.Iso.Format(date),
        bool truth => truth ? "true" : "false",
        _ => Convert.ToString(value, CultureInfo.InvariantCulture)!,
    };

    private static string Constant(object? value) => value switch
    {
        null => "NULL",
        Instant instant => ZoneInstants.Micros(instant).ToString(CultureInfo.InvariantCulture),
        string or LocalDate or double => Sql.Quote(Csv(value)),
        _ => Csv(value),
    };

    private MappedSnapshot Build(string zone, IsoDayOfWeek weekStart, LocalDate whole)
    {
        var path = _folder.Write("catalog.yaml", $$"""
            entity: {name: user_id, type: int64}
            time_zone: {{zone}}
            week_starts: {{weekStart.ToString().ToLowerInvariant()}}
            complete_until: {{LocalDatePattern.Iso.Format(whole)}}
            sources:
              opens: {files: opens.csv, time: at}
              rides:
                files: rides.csv
                time: at
                available: known_at
                settles_within: 9d
                columns: {known_at: timestamp, fare: int64, km: float64, area: string, night: bool, booked_on: date}
              users:
                files: users.csv
                time: always
                columns: {city: string, age: int64, score: float64}
            """);
        var file = CatalogReader.Read(File.ReadAllText(path), path);
        Assert.Empty(file.Diagnostics);
        SnapshotBuilder.Build(file.Catalog!, new SnapshotBuildOptions { OutputFolder = _folder["snapshot"], Partitions = 2, SlicesPerPartition = 2 });
        return MappedSnapshot.Open(_folder["snapshot"]);
    }
}
