using System.Runtime.InteropServices;
using DuckDB.NET.Data;

namespace FeatureService.Bench.MainJob.Peers;

/// <summary>The events as raw arrays in the order of time, which the process-pool loop maps: one file a column.</summary>
internal static class EventArrays
{
    /// <summary>Writes them from DuckDB's tables.</summary>
    public static void Write(Work work)
    {
        Directory.CreateDirectory(work.Arrays);
        using var connection = DuckDbPeer.Open(work.Tables);
        Write(connection, work, "opens", "t", "user_id");
        Write(connection, work, "rides", "t", "user_id", "fare", "km", "enum_code(area)", "cash::INTEGER", "coalesce(rating, -1)");
        Write(connection, work, "coupons", "t", "user_id", "used::INTEGER");
    }

    private static void Write(DuckDBConnection connection, Work work, string table, params string[] columns)
    {
        foreach (var column in columns)
        {
            using var command = connection.CreateCommand();
            command.UseStreamingMode = true;
            command.CommandText = $"SELECT ({column})::DOUBLE FROM {table} ORDER BY t, user_id, rowid";
            using var reader = command.ExecuteReader();
            var values = new List<double>();
            while (reader.Read())
            {
                values.Add(reader.GetDouble(0));
            }

            var name = column.Replace("enum_code(", "").Replace("coalesce(", "").Split(',', ')', ':')[0];
            using var file = File.Create(Path.Combine(work.Arrays, $"{table}.{name}"));
            if (column == "km")
            {
                file.Write(MemoryMarshal.AsBytes(CollectionsMarshal.AsSpan(values)));
            }
            else
            {
                file.Write(MemoryMarshal.AsBytes<long>(values.ConvertAll(value => (long)value).ToArray()));
            }
        }
    }
}
