using System.Collections.Immutable;
using System.Globalization;
using FeatureService.Core.Calendar;
using FeatureService.Core.Columns;
using FeatureService.Engine.Snapshots;
using FeatureService.Testing;

namespace FeatureService.Ingest.Tests.Postgres;

/// <summary>A database and a folder whose catalog has one source <c>e</c>, a query of that database.</summary>
internal sealed class QueryWorld : IDisposable
{
    public QueryWorld()
    {
        Database = PostgresDatabase.Create();
        Folder = new TempFolder();
        Folder.Write("connection.txt", Database.Settings.ConnectionString + "\n");
    }

    public PostgresDatabase Database { get; }

    public TempFolder Folder { get; }

    public void Dispose()
    {
        Folder.Dispose();
        Database.Dispose();
    }

    /// <summary>The text of the catalog; the query is in line 7 from column 16.</summary>
    public static string Catalog(string query, string more = "", string connection = "file:connection.txt", string time = "at", string zone = "UTC") => $"""
        entity: {"{name: user_id, type: int64}"}
        time_zone: {zone}
        sources:
          e:
            postgres:
              connection: {connection}
              query: '{query.Replace("'", "''", StringComparison.Ordinal)}'
            time: {time}
        {string.Concat(more.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => "    " + line + "\n"))}
        """;

    public BuildReport Build(string query, string more = "", string time = "at", string zone = "UTC", Func<SnapshotBuildOptions, SnapshotBuildOptions>? change = null) =>
        Builds.Build(Folder, Catalog(query, more, time: time, zone: zone), change);

    public ImmutableArray<string> Refused(string query, string more = "", string time = "at", string connection = "file:connection.txt") =>
        Builds.Refused(Folder, Catalog(query, more, connection, time));

    /// <summary>The only thing that is wrong.</summary>
    public string Error(string query, string more = "", string time = "at", string connection = "file:connection.txt") =>
        Assert.Single(Refused(query, more, time, connection));

    /// <summary>The values of the source's columns, a line for each event in order.</summary>
    public IReadOnlyList<string> Values()
    {
        using var snapshot = MappedSnapshot.Open(Folder["out"]);
        var events = snapshot.Slice(default).Source(0);
        var columns = snapshot.Catalog.Sources[0].Columns.Select((_, i) => i).ToArray();
        return [.. Enumerable.Range(0, events.Count).Select(e => string.Join(" | ", columns.Select(i => Value(events.Column(i), e))))];
    }

    private static string Value(EventColumn column, int e) => !column.IsValid(e) ? "null" : column.Type switch
    {
        ColumnType.Bool => Bitmap.Get(column.Data.Span, e) ? "true" : "false",
        ColumnType.String => column.Dictionary!.Text(column.Values<int>()[e]),
        ColumnType.Float64 => column.Values<double>()[e].ToString(CultureInfo.InvariantCulture),
        ColumnType.Date => WeekCalendar.Date(column.Values<int>()[e]).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
        _ => column.Values<long>()[e].ToString(CultureInfo.InvariantCulture),
    };
}
