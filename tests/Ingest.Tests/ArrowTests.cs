using Apache.Arrow;
using Apache.Arrow.Ipc;
using FeatureService.Core.Columns;
using FeatureService.Core.Keys;
using FeatureService.Engine.Definitions;
using FeatureService.Engine.Snapshots;
using FeatureService.Testing;
using FeatureService.Testing.Generators;

namespace FeatureService.Ingest.Tests;

public sealed class ArrowTests
{
    private static readonly long?[] s_open = [null, null, null];

    [Theory]
    [InlineData(EntityKeyType.Int64)]
    [InlineData(EntityKeyType.String)]
    public void A_segment_is_an_arrow_file_that_says_what_the_snapshot_says(EntityKeyType keyType)
    {
        using var folder = new TempFolder();
        using var snapshot = Build(folder, keyType);
        foreach (var segment in snapshot.Manifest.Segments)
        {
            using var reader = new ArrowFileReader(File.OpenRead(folder["out/" + segment.File]));
            using var batch = reader.ReadNextRecordBatch();
            Assert.Null(reader.ReadNextRecordBatch());
            var source = snapshot.Catalog.Sources[segment.Source];
            Assert.Equal(["user_id", "$first_cutoff", "$events"], batch.Schema.FieldsList.Select(field => field.Name));
            var list = (ListArray)batch.Column(2);
            var events = (StructArray)list.Values;
            var slice = snapshot.Slice(new SliceId(segment.Partition, 0));
            Assert.Equal(segment.EntityCount, batch.Length);
            Assert.Equal(segment.EventCount, events.Length);
            for (var row = 0; row < batch.Length; row++)
            {
                var key = keyType == EntityKeyType.Int64 ? EntityKey.Of(((Int64Array)batch.Column(0)).GetValue(row)!.Value) : EntityKey.Of(((StringArray)batch.Column(0)).GetString(row));
                var entity = slice.Keys.BinarySearch(key);
                var offsets = slice.Source(segment.Source).Offsets;
                Assert.Equal(offsets[entity + 1] - offsets[entity], list.GetValueLength(row));
                for (var e = 0; e < list.GetValueLength(row); e++)
                {
                    Assert.Equal(Values(source, slice.Source(segment.Source), offsets[entity] + e), Values(events, list.ValueOffsets[row] + e));
                }
            }
        }
    }

    [Fact]
    public void Every_buffer_starts_at_a_multiple_of_64_bytes_in_the_file()
    {
        using var folder = new TempFolder();
        using var snapshot = Build(folder, EntityKeyType.String);
        foreach (var segment in snapshot.Manifest.Segments)
        {
            BufferPlace[] places =
            [
                segment.Keys, segment.KeyTexts, segment.EntityFirstCutoffs, segment.EventStarts, segment.Times, segment.FirstCutoffs,
                .. segment.Columns.SelectMany(column => new[] { column.Data, column.Validity, column.DictionaryOffsets, column.DictionaryTexts }),
            ];
            Assert.Contains(places, place => place.Offset > 0);
            Assert.All(places, place => Assert.Equal(0, place.Offset % 64));
        }
    }

    private static MappedSnapshot Build(TempFolder folder, EntityKeyType keyType)
    {
        var catalog = CaseGen.Example with { EntityType = keyType };
        EventRow[][] rows = [[.. Rows(0)], [.. Rows(1)], [.. Rows(2).Take(23)]];
        for (var s = 0; s < rows.Length; s++)
        {
            Inputs.WriteParquet(folder[catalog.Sources[s].Name + ".parquet"], "user_id", catalog.Sources[s], keyType, rows[s], 64);
        }

        var options = new SnapshotBuildOptions { OutputFolder = folder["out"], Partitions = 2, SlicesPerPartition = 1 };
        SnapshotBuilder.Build(Inputs.CatalogFile(folder, catalog, s_open, ".parquet"), options);
        return MappedSnapshot.Open(folder["out"]);

        IEnumerable<EventRow> Rows(int source)
        {
            for (var i = 0; i < 300; i++)
            {
                var time = GeneratedEvents.Start + (i * 1_000_000_000L);
                object?[] values = [time, i % 3 == 0 ? null : i % 2 == 0, i % 5 == 0 ? null : (long)i, i * 0.5, i % 7 == 0 ? null : $"é{i % 11}", i, i % 4 == 0 ? null : time];
                var key = keyType == EntityKeyType.Int64 ? EntityKey.Of(i % 23) : EntityKey.Of($"user {i % 23}");
                yield return new EventRow(key, source switch
                {
                    0 => values,
                    1 => [.. values, time + (i % 9 * 1_000_000_000_000)],
                    _ => values[1..],
                });
            }
        }
    }

    private static List<string> Values(EventSource source, SourceEvents events, int e)
    {
        // Facts without time have no first cutoff in the file.
        List<string> values = source.Always ? [] : [$"{events.FirstCutoffs[e]}"];
        for (var c = 0; c < source.Columns.Length; c++)
        {
            var column = events.Column(c);
            values.Add(!column.IsValid(e) ? "null" : column.Type switch
            {
                ColumnType.Bool => Bitmap.Get(column.Data.Span, e) ? "True" : "False",
                ColumnType.String => column.Dictionary!.Text(column.Values<int>()[e]),
                ColumnType.Date => $"{column.Values<int>()[e]}",
                ColumnType.Float64 => $"{column.Values<double>()[e]:R}",
                _ => $"{column.Values<long>()[e]}",
            });
        }

        return values;
    }

    private static List<string> Values(StructArray events, int e) =>
    [
        .. events.Fields.Select(array => array.IsNull(e) ? "null" : array switch
        {
            BooleanArray typed => typed.GetValue(e)!.Value ? "True" : "False",
            Int32Array typed => $"{typed.Values[e]}",
            Int64Array typed => $"{typed.Values[e]}",
            DoubleArray typed => $"{typed.Values[e]:R}",
            Date32Array typed => $"{typed.Values[e]}",
            TimestampArray typed => $"{typed.Values[e]}",
            DictionaryArray typed => ((StringArray)typed.Dictionary).GetString(((Int32Array)typed.Indices).Values[e]),
            _ => array.Data.DataType.Name,
        }),
    ];
}
