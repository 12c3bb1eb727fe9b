using System.Buffers;
using FeatureService.Contracts.V1;
using FeatureService.Core.Columns.Encodings;
using FeatureService.Core.Keys;
using FeatureService.Engine.Execution;
using FeatureService.Engine.Planning;
using FeatureService.Engine.Snapshots;
using FeatureService.Pipeline.Replies;
using FeatureService.Registry;
using FeatureService.Tests.Support;
using Google.Protobuf;

namespace FeatureService.Tests.Pipeline;

/// <summary>Answers that are written by hand have the bytes that the generated code writes.</summary>
public sealed class VectorsReplyTests
{
    [Theory]
    [InlineData(1, false)]
    [InlineData(1, true)]
    [InlineData(40, false)]
    [InlineData(40, true)]
    [InlineData(3000, true)]
    public void An_answer_has_the_bytes_of_the_generated_code(int rows, bool encodes)
    {
        var encodings = encodes ? EncodingSet.All : EncodingSet.Plain;
        var plan = PlanOf(Taxi.View, Taxi.Snapshot);
        using var block = BlockOf(plan, rows);

        using var reply = VectorsReply.Of(plan, block, encodings, null, long.MaxValue, TooLarge);

        var expected = new GetFeatureVectorsResponse { Header = Headers.Of(plan) };
        AddColumns(expected, plan, block, encodings);
        AssertBytes(expected, reply);
    }

    [Fact]
    public void A_part_of_a_dataset_tells_its_cells_without_a_value_and_its_time()
    {
        const string View = "view: v\nfeatures:\n  fares: sum(rides.fare) over 13w\n";
        var plan = PlanOf(View, Taxi.Make(2, 2, long.MaxValue / 300));
        using var block = BlockOf(plan, 2_000);
        Assert.True(block.ErrorCount > 100);

        using var reply = VectorsReply.Of(plan, block, EncodingSet.All, TimeSpan.FromMilliseconds(1.5), long.MaxValue, TooLarge);

        var errors = new CellErrors(plan);
        errors.Add(block, 0);
        var expected = new GetFeatureVectorsResponse
        {
            Header = Headers.Of(plan),
            Errors = { errors.Told },
            ErrorCount = (ulong)errors.Count,
            CpuMicros = 1500,
        };
        AddColumns(expected, plan, block, EncodingSet.All);
        AssertBytes(expected, reply);
    }

    [Fact]
    public void A_cell_without_a_value_is_told_however_long_its_key_is()
    {
        var plan = PlanOf(Taxi.View, Taxi.Snapshot);
        using var block = BlockOf(plan, 1);
        var key = EntityKey.Of(Enumerable.Repeat((byte)'k', 40_000).ToArray());
        var error = new Engine.Execution.CellError(0, "fares", key, 2_815, "overflow");
        using var failed = new FeatureBlock
        {
            RowCount = 1,
            Keys = block.Keys,
            Weeks = block.Weeks,
            RowStatuses = block.RowStatuses,
            Columns = block.Columns,
            Errors = [error, error],
            ErrorCount = 2,
        };

        var errors = new CellErrors(plan);
        errors.Add(failed, 0);

        Assert.Equal((1, 2), (errors.Told.Count, errors.Count));
        Assert.Equal(40_000, errors.Told[0].Entity.Length);
    }

    [Fact]
    public void Names_of_columns_may_be_long_and_in_any_language()
    {
        var name = new string('x', 200);
        var plan = PlanOf($"view: v\nfeatures:\n  {name}: count(rides) over 1w\n  last_area: last(rides.area) over 26w\n", Taxi.Make(1, 1, areaLength: 500));
        using var block = BlockOf(plan, 3);

        using var reply = VectorsReply.Of(plan, block, EncodingSet.Plain, null, long.MaxValue, TooLarge);

        var expected = new GetFeatureVectorsResponse { Header = Headers.Of(plan) };
        AddColumns(expected, plan, block, EncodingSet.Plain);
        AssertBytes(expected, reply);
    }

    [Fact]
    public void An_answer_that_is_too_large_is_refused_by_what_it_takes()
    {
        var plan = PlanOf(Taxi.View, Taxi.Snapshot);
        using var block = BlockOf(plan, 100);
        var (rows, bytes) = (0L, 0L);

        Assert.Throws<RequestException>(() => VectorsReply.Of(plan, block, EncodingSet.Plain, null, 5_000, (r, b) =>
        {
            (rows, bytes) = (r, b);
            return TooLarge(r, b);
        }));

        Assert.Equal(100, rows);
        using var reply = VectorsReply.Of(plan, block, EncodingSet.Plain, null, bytes, TooLarge);
        Assert.InRange(reply.Length, 5_000, bytes);
    }

    [Fact]
    public void An_answer_that_was_written_is_gone()
    {
        var plan = PlanOf(Taxi.View, Taxi.Snapshot);
        using var block = BlockOf(plan, 1);
        var reply = VectorsReply.Of(plan, block, EncodingSet.Plain, null, long.MaxValue, TooLarge);
        reply.Dispose();
        reply.Dispose();
        Assert.Throws<ObjectDisposedException>(() => reply.WriteTo(new ArrayBufferWriter<byte>()));
    }

    private static RequestException TooLarge(long rows, long bytes) => RequestException.Invalid("rows", $"{rows} of {bytes}");

    private static Plan PlanOf(string text, ISnapshot snapshot)
    {
        var view = new BoundViews().Bind(text, "v.view.yaml", snapshot);
        return Plan.Create(snapshot, view, view.Columns);
    }

    private static FeatureBlock BlockOf(Plan plan, int rows)
    {
        var week = plan.Snapshot.Catalog.Calendar.WeekOf(plan.Snapshot.CompleteUntil(0)) - 1;
        using var run = RowsRun.OfList(
            plan, [.. Enumerable.Range(0, rows).Select(row => EntityKey.Of(row % (Taxi.Users + 5)))], [.. Enumerable.Range(0, rows).Select(row => week - (row % 30))]);
        for (var task = 0; task < run.TaskCount; task++)
        {
            run.RunTask(task, default);
        }

        return Assert.Single(run.Complete());
    }

    private static void AddColumns(GetFeatureVectorsResponse message, Plan plan, FeatureBlock block, EncodingSet encodings)
    {
        var payload = new byte[4 << 20];
        var position = 0;
        var encoder = new ColumnEncoder(encodings);
        foreach (var (name, column) in Headers.Columns(plan, block))
        {
            encoder.Measure(column, 0, block.RowCount);
            message.Columns.Add(ColumnChunks.Of(name, column.Type, 0, encoder.Write(payload, ref position)));
        }

        message.Payload = ByteString.CopyFrom(payload, 0, position);
    }

    private static void AssertBytes(GetFeatureVectorsResponse expected, VectorsReply reply)
    {
        var written = new ArrayBufferWriter<byte>();
        reply.WriteTo(written);
        Assert.Equal(reply.Length, written.WrittenCount);
        Assert.Equal(expected.Payload.Length, reply.PayloadLength);
        Assert.Equal(expected, reply.Message);
        Assert.Equal(expected.ToByteArray(), written.WrittenSpan.ToArray());
    }
}
