using System.Buffers.Text;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using FeatureService.Client.Transport;
using FeatureService.Core.Calendar;
using FeatureService.Core.Columns;
using FeatureService.Core.Keys;
using FeatureService.Core.Tables;

namespace FeatureService.Client.Datasets.Spines;

/// <summary>Reads a spine: entities become keys of the snapshot, weeks and instants the first days of weeks.</summary>
/// <param name="layout">What its columns are for.</param>
/// <param name="snapshot">The snapshot.</param>
internal sealed class SpineReader(SpineLayout layout, SnapshotTopology snapshot)
{
    private readonly WeekCalendar _calendar = new(snapshot.Zone, snapshot.WeekStart);

    /// <summary>First days of weeks by their keys' bytes: a spine has few weeks in many rows.</summary>
    private readonly Dictionary<UInt128, int> _days = [];

    /// <summary>A day as week keys are printed.</summary>
    public static string Format(int day) => WeekCalendar.Date(day).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    /// <summary>Where one reading notes its problems.</summary>
    public SpineProblems NewProblems() => new(layout.Table.Name);

    /// <summary>Reads all rows.</summary>
    /// <param name="problems">Told the rows that cannot be filled; their weeks are then 1970's.</param>
    /// <param name="distances">Told how far instants lie behind their cutoffs.</param>
    /// <param name="cancellation">Ends the reading.</param>
    public IEnumerable<SpineRows> Read(SpineProblems problems, SpineDistances distances, CancellationToken cancellation)
    {
        var firstRow = 1L;
        foreach (var batch in layout.Table.Read(layout.Reading, cancellation))
        {
            cancellation.ThrowIfCancellationRequested();
            var notes = new Notes(problems, batch, firstRow);
            var entity = Keys(batch.Columns[layout.Entity], notes);
            var week = Weeks(batch.Columns[layout.Week], distances, notes);
            yield return new SpineRows([entity, week, .. layout.Own.Select(i => batch.Columns[i])], batch.RowCount);
            firstRow += batch.RowCount;
        }
    }

    private Column Keys(Column column, Notes notes)
    {
        var expected = snapshot.EntityType == EntityKeyType.Int64 ? "an int64" : "a string";
        for (var row = 0; row < column.Length && column.NullCount > 0; row++)
        {
            if (!column.IsValid(row))
            {
                notes.Add(row, $"{snapshot.EntityName} is null: expected {expected}");
            }
        }

        return column.Type == ColumnType.String && snapshot.EntityType == EntityKeyType.Int64 ? Numbers(column, notes) : column;
    }

    private Column Numbers(Column column, Notes notes)
    {
        var numbers = new long[column.Length];
        for (var row = 0; row < numbers.Length; row++)
        {
            var text = column.Utf8(row);
            if (column.IsValid(row) && !(Utf8Parser.TryParse(text, out numbers[row], out var read) && read == text.Length))
            {
                notes.Add(row, $"{snapshot.EntityName} is '{Encoding.UTF8.GetString(text)}': expected an int64");
            }
        }

        return Column.Of<long>(ColumnType.Int64, numbers);
    }

    private Column Weeks(Column column, SpineDistances distances, Notes notes)
    {
        var days = new int[column.Length];
        for (var row = 0; row < days.Length; row++)
        {
            if (!column.IsValid(row))
            {
                notes.Add(row, $"{layout.Table.Columns[layout.Week].Name} is null: expected {(layout.HasInstants ? "an instant" : "a week key")}");
            }
            else if (layout.HasInstants)
            {
                days[row] = DayOfInstant(column, row, distances, notes);
            }
            else
            {
                days[row] = DayOfKey(column, row, notes);
            }
        }

        return Column.Of<int>(ColumnType.Date, days);
    }

    private int DayOfKey(Column column, int row, Notes notes)
    {
        if (column.Type == ColumnType.Date)
        {
            var date = column.Values<int>()[row];
            return IsWeek(date) ? date : Parse(Format(date), row, notes) ?? 0;
        }

        var bytes = column.Utf8(row);
        var isShort = TryPack(bytes, out var packed);
        if (isShort && _days.TryGetValue(packed, out var known))
        {
            return known;
        }

        var day = Parse(Encoding.UTF8.GetString(bytes), row, notes);
        if (isShort && day is { } good)
        {
            _days[packed] = good;
        }

        return day ?? 0;
    }

    private bool IsWeek(int day) =>
        _calendar.WeekOfDay(day) is var week && week >= _calendar.WeekMin && week <= _calendar.WeekMax && _calendar.FirstDay(week) == day;

    /// <summary>The first day of the week of a key; null where it is wrong, which is then noted.</summary>
    private int? Parse(string text, int row, Notes notes)
    {
        if (_calendar.TryParse(text, out var week, out var error))
        {
            return _calendar.FirstDay(week);
        }

        notes.Add(row, $"week {error}");
        return null;
    }

    /// <summary>A key's bytes and their number in one value.</summary>
    private static bool TryPack(ReadOnlySpan<byte> bytes, out UInt128 packed)
    {
        packed = 0;
        if (bytes.Length > 15)
        {
            return false;
        }

        Span<byte> padded = stackalloc byte[16];
        bytes.CopyTo(padded);
        padded[15] = (byte)bytes.Length;
        packed = MemoryMarshal.Read<UInt128>(padded);
        return true;
    }

    private int DayOfInstant(Column column, int row, SpineDistances distances, Notes notes)
    {
        long utc;
        switch (column.Type)
        {
            case ColumnType.Timestamp:
                utc = column.Values<long>()[row];
                break;
            case ColumnType.Date:
                utc = snapshot.Zone.StartOfDay(column.Values<int>()[row]);
                break;
            default:
                var text = Encoding.UTF8.GetString(column.Utf8(row));
                if (!TimeText.TryParseTimestamp(text, snapshot.Zone, out utc))
                {
                    notes.Add(row, $"{layout.Table.Columns[layout.Week].Name} is '{text}': expected a timestamp or a date");
                    return 0;
                }

                break;
        }

        if (utc < _calendar.Cutoff(_calendar.WeekMin) || utc >= _calendar.Cutoff(_calendar.WeekMax + 1))
        {
            notes.Add(row, string.Create(
                CultureInfo.InvariantCulture,
                $"{layout.Table.Columns[layout.Week].Name} lies outside the weeks, which reach from {_calendar.Format(_calendar.WeekMin)} to {_calendar.Format(_calendar.WeekMax)}"));
            return 0;
        }

        var week = _calendar.WeekOf(utc);
        distances.Add(utc - _calendar.Cutoff(week));
        return _calendar.FirstDay(week);
    }

    /// <summary>Notes problems of one batch's rows.</summary>
    private sealed class Notes(SpineProblems problems, TableBatch batch, long firstRow)
    {
        public void Add(int row, string message) => problems.Add(batch.Lines?[row] ?? firstRow + row, message);
    }
}
