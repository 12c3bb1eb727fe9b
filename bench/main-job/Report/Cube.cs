using System.Globalization;
using System.Runtime.InteropServices;
using Apache.Arrow;
using Apache.Arrow.Ipc;
using FeatureService.Bench.MainJob.Peers;

namespace FeatureService.Bench.MainJob.Report;

/// <summary>All values of a dataset: for each column one float for each (week, user); null is NaN, which no column of this work has.</summary>
internal sealed class Cube
{
    private readonly float[][] _columns;

    private Cube(Work work) => _columns = [.. Enumerable.Range(0, Work.Columns.Count + 1).Select(_ => Unset(work.Rows))];

    /// <summary>Rows of the dataset.</summary>
    public long Rows { get; private set; }

    /// <summary>Values of a column by its place in <see cref="Work.Columns"/>; the row status, 0 for ok, comes after them.</summary>
    public ReadOnlySpan<float> this[int column] => _columns[column];

    /// <summary>Reads a folder of Parquet files.</summary>
    public static Cube OfParquet(Work work, string folder)
    {
        var cube = new Cube(work);
        using var connection = DuckDbPeer.Open(":memory:");
        using var command = connection.CreateCommand();
        command.UseStreamingMode = true;
        var first = work.Taxi.FirstWeek.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
        var values = string.Join(", ", Work.Columns.Select(column => $"coalesce({column}::FLOAT, 'nan'::FLOAT)"));
        command.CommandText = $"""
            SELECT (((week::DATE - DATE '{first}') // 7) * {work.Taxi.Users} + user_id - 1)::BIGINT, {values},
                (CASE row_status WHEN 'ok' THEN 0 WHEN 'no_history' THEN 1 ELSE 2 END)::FLOAT
            FROM read_parquet('{folder}/**/*.parquet')
            """;
        using var reader = command.ExecuteReader();
        while (reader.Read())
        {
            var row = reader.GetInt64(0);
            for (var column = 0; column < cube._columns.Length; column++)
            {
                cube._columns[column][row] = reader.GetFloat(column + 1);
            }

            cube.Rows++;
        }

        return cube;
    }

    /// <summary>Reads a folder of Arrow files.</summary>
    public static Cube OfArrow(Work work, string folder)
    {
        var cube = new Cube(work);
        foreach (var path in Directory.EnumerateFiles(folder, "*.arrow", SearchOption.AllDirectories))
        {
            using var reader = new ArrowFileReader(File.OpenRead(path));
            while (reader.ReadNextRecordBatch() is { } batch)
            {
                using (batch)
                {
                    cube.Add(work, batch);
                }
            }
        }

        return cube;
    }

    /// <summary>Reads a folder of raw files: <c>week-NNN.f32</c>, each column of that week after the other.</summary>
    public static Cube OfRaw(Work work, string folder)
    {
        var cube = new Cube(work);
        var users = work.Taxi.Users;
        for (var week = 0; week < work.Taxi.Weeks; week++)
        {
            using var file = File.OpenRead(Path.Combine(folder, string.Create(CultureInfo.InvariantCulture, $"week-{week:D3}.f32")));
            foreach (var column in cube._columns)
            {
                file.ReadExactly(MemoryMarshal.AsBytes(column.AsSpan(week * users, users)));
            }

            cube.Rows += file.ReadByte() < 0 ? users : throw new InvalidDataException($"{file.Name} is longer than a week's columns");
        }

        return cube;
    }

    private void Add(Work work, RecordBatch batch)
    {
        var users = ((Int64Array)batch.Column("user_id")).Values;
        var weeks = ((Date32Array)batch.Column("week")).Values;
        var first = work.Taxi.FirstWeek.DayNumber - DateOnly.FromDateTime(DateTime.UnixEpoch).DayNumber;
        var places = new long[batch.Length];
        for (var row = 0; row < places.Length; row++)
        {
            places[row] = ((weeks[row] - first) / 7 * (long)work.Taxi.Users) + users[row] - 1;
        }

        for (var column = 0; column < Work.Columns.Count; column++)
        {
            var (values, target) = ((FloatArray)batch.Column(Work.Columns[column]), _columns[column]);
            for (var row = 0; row < places.Length; row++)
            {
                target[places[row]] = values.GetValue(row) ?? float.NaN;
            }
        }

        var (statuses, codes) = ((StringArray)batch.Column("row_status"), _columns[^1]);
        for (var row = 0; row < places.Length; row++)
        {
            codes[places[row]] = statuses.GetBytes(row) is var status && status.SequenceEqual("ok"u8) ? 0 : status.SequenceEqual("no_history"u8) ? 1 : 2;
        }

        Rows += batch.Length;
    }

    /// <summary>A value that no dataset has, so that a row that is missing differs.</summary>
    private static float[] Unset(long rows)
    {
        var values = new float[rows];
        values.AsSpan().Fill(float.NegativeInfinity);
        return values;
    }
}
