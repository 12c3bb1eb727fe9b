using FeatureService.Contracts.V1;
using FeatureService.Core.Columns;
using FeatureService.Core.Columns.Hashing;
using FeatureService.Parquet;
using FeatureService.Testing;
using FeatureService.Tests.Support;
using ColumnType = FeatureService.Core.Columns.ColumnType;
using CoreSlice = FeatureService.Core.Keys.SliceId;

namespace FeatureService.Tests.Pipeline;

/// <summary>Streams whose columns are finished for a file.</summary>
public sealed class FinishedBackfillTests
{
    private const string Wide =
        """
        view: wide
        features:
          n: count(e) over 4w
          s: last(e.s) over 52w
          f: sum(e.f) over 8w
          d: first(e.d) over 9w
        """;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private static BackfillRequest Request(params Encoding[] encodings) => new()
    {
        View = new ViewSelector { Definition = Wide },
        Grid = new Grid { Weeks = Taxi.Weeks("2020-W20", "2020-W49") },
        AcceptEncodings = { encodings },
    };

    [Theory]
    [InlineData(Encoding.ParquetZstd, 1 << 20)]
    [InlineData(Encoding.ParquetSnappy, 20_000)]
    [InlineData(Encoding.ParquetUncompressed, 6_000)]
    public async Task Every_column_but_the_status_comes_as_one_chunk_of_each_block(Encoding form, int messageBytesMax)
    {
        await using var service = await TestService.StartAsync(
            new GeneratedSnapshot(400, 30, 60, 2),
            o => o with { Limits = o.Limits with { MessageBytesMax = messageBytesMax, PartBytesMax = 64 << 10 } });
        using var call = service.Vectors.Backfill(Request(Encoding.Narrow, form), cancellationToken: Cancellation);

        var slices = await Received.SlicesAsync(call);

        Assert.Equal(2, slices.Count);
        Assert.Equal([true, .. Enumerable.Repeat(false, slices.Sum(s => s.Messages.Count) - 1)], slices.SelectMany(s => s.Messages).Select(m => m.Finished));
        Assert.Equal(slices.Select(s => s.End.Checksum), slices.Select(s => s.Checksum));
        Assert.All(slices.SelectMany(s => s.Messages), m => Assert.InRange(m.CalculateSize() + 5, 0, messageBytesMax));
        foreach (var slice in slices)
        {
            var rows = new Dictionary<string, long>();
            var bytes = new Dictionary<string, long>();
            foreach (var (message, chunk) in slice.Messages.SelectMany(m => m.Columns.Select(chunk => (m, chunk))))
            {
                Assert.Equal(chunk.Column == "row_status", chunk.Encoding != form);
                Assert.Equal(rows.GetValueOrDefault(chunk.Column), chunk.FirstRow);
                rows[chunk.Column] = chunk.FirstRow + chunk.Rows;
                bytes[chunk.Column] = bytes.GetValueOrDefault(chunk.Column) + (chunk.Values?.Length ?? 0);
                if (chunk.Description is { } range)
                {
                    var described = new ParquetChunk(new ThriftReader(message.Payload.Span.Slice((int)range.Offset, (int)range.Length)).ReadStruct());
                    Assert.Equal((4L, chunk.Rows, bytes[chunk.Column]), (described.Start, described.Rows, described.Length));
                    bytes[chunk.Column] = 0;
                }
            }

            Assert.All(bytes.Where(column => column.Key != "row_status"), column => Assert.Equal(0, column.Value));
            Assert.All(rows, column => Assert.Equal(slice.End.Rows, (ulong)column.Value));
            Assert.Equal(7, rows.Count);
        }

        // Parts of 64 KiB are fewer rows than a slice has, so that there are several blocks.
        Assert.True(slices[0].Messages.SelectMany(m => m.Columns).Count(chunk => chunk.Column == "f" && chunk.Description is not null) > 1);
    }

    [Fact]
    public async Task The_ends_of_slices_tell_the_hashes_of_their_values()
    {
        await using var service = await TestService.StartAsync(new GeneratedSnapshot(400, 30, 60, 2), o => o with { Limits = o.Limits with { PartBytesMax = 64 << 10 } });
        using var plainCall = service.Vectors.Backfill(Request(), cancellationToken: Cancellation);
        using var finishedCall = service.Vectors.Backfill(Request(Encoding.ParquetZstd), cancellationToken: Cancellation);

        var (plain, finished) = (await Received.SlicesAsync(plainCall), await Received.SlicesAsync(finishedCall));

        Assert.All(plain, slice => Assert.True(slice.End.ColumnHashes.IsEmpty));
        Assert.All(plain.Zip(finished), pair =>
        {
            var values = pair.First.Values();
            var unit = new CoreSlice(pair.First.Slice.Partition, pair.First.Slice.Slice).Place;
            var expected = (string[])["user_id", "week", "n", "s", "f", "d", "row_status"];
            Assert.Equal(expected.Select(name => HashOf(values[name], unit)), ColumnHash.ReadAll(pair.Second.End.ColumnHashes.Span));
        });
    }

    [Fact]
    public async Task A_stream_that_goes_on_from_a_cursor_has_the_same_bytes()
    {
        await using var service = await TestService.StartAsync(new GeneratedSnapshot(400, 30, 60, 4));
        using var wholeCall = service.Vectors.Backfill(Request(Encoding.ParquetZstd), cancellationToken: Cancellation);
        var whole = await Received.SlicesAsync(wholeCall);
        var rest = Request(Encoding.ParquetZstd);
        rest.Cursor = whole[1].End.Cursor;
        using var restCall = service.Vectors.Backfill(rest, cancellationToken: Cancellation);

        var slices = await Received.SlicesAsync(restCall);

        Assert.True(slices[0].Messages[0].Finished);
        Assert.Equal(whole.Skip(2).Select(s => (s.Checksum, s.End.ColumnHashes)), slices.Select(s => (s.Checksum, s.End.ColumnHashes)));
    }

    /// <summary>The hash of a column's values, by way of a column that is made of them.</summary>
    private static ColumnHash HashOf(List<object?> values, ulong unit)
    {
        var column = values.OfType<object>().FirstOrDefault() switch
        {
            string => Column.Of([.. values.Cast<string?>()]),
            long => Of(ColumnType.Int64, 0L),
            int => Of(ColumnType.Date, 0),
            double => Of(ColumnType.Float64, 0.0),
            var other => throw new InvalidOperationException($"values of type {other?.GetType()}"),
        };
        var hasher = new ColumnHasher(column.Type);
        hasher.Add(column);
        return hasher.EndUnit(unit, values.Count);

        Column Of<T>(ColumnType type, T empty)
            where T : unmanaged
        {
            var validity = new byte[Bitmap.Bytes(values.Count)];
            for (var row = 0; row < values.Count; row++)
            {
                if (values[row] is not null)
                {
                    Bitmap.Set(validity, row);
                }
            }

            var filled = Column.Of<T>(type, [.. values.Select(value => value is T given ? given : empty)]);
            return new Column
            {
                Type = type,
                Length = values.Count,
                NullCount = values.Count(value => value is null),
                Validity = validity,
                Data = filled.Data,
            };
        }
    }
}
