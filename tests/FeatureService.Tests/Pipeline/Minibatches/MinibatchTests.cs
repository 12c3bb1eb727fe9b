using FeatureService.Contracts.V1;
using FeatureService.Pipeline;
using FeatureService.Tests.Support;
using Google.Rpc;
using Grpc.Core;
using Microsoft.Extensions.Logging;

namespace FeatureService.Tests.Pipeline.Minibatches;

/// <summary>What a training job sees of a stream of minibatches.</summary>
public sealed class MinibatchTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Minibatches_have_the_values_of_single_requests_whatever_their_form()
    {
        await using var service = await TestService.StartAsync();
        using var stream = await VectorStream.OpenAsync(service);
        (long, string)[] rows = [(5, "2024-W12"), (2, "2024-03-11"), (5, "2024-W12"), (999_999, "2024-W20")];
        await stream.SendAsync(VectorStream.Minibatch(7, 17, 999_999, 3));
        await stream.SendAsync(VectorStream.Listed(ulong.MaxValue, rows));
        await stream.EndAsync();

        var grid = await stream.NextAsync();
        var list = await stream.NextAsync();

        Assert.Null(await stream.NextAsync());
        Assert.Equal(7UL, Assert.Single(grid!).Id);
        Assert.Equal(ulong.MaxValue, Assert.Single(list!).Id);
        var single = await service.Vectors.GetFeatureVectorsAsync(Taxi.Get(17, 999_999, 3), cancellationToken: Cancellation);
        Assert.Equal(single.Header, stream.Header);
        AssertSame(single, grid!);
        var request = Taxi.Get(1);
        request.List = VectorStream.Listed(1, rows).Minibatch.List;
        AssertSame(await service.Vectors.GetFeatureVectorsAsync(request, cancellationToken: Cancellation), list!);
    }

    [Fact]
    public async Task Encodings_are_those_that_the_caller_reads_and_values_the_same()
    {
        await using var service = await TestService.StartAsync();
        var first = VectorStream.Selection;
        first.Selection.AcceptEncodings.Add(Enum.GetValues<Encoding>().Where(encoding => encoding != Encoding.Unspecified));
        using var encoded = await VectorStream.OpenAsync(service, first);
        using var plain = await VectorStream.OpenAsync(service);
        long[] keys = [.. Enumerable.Range(0, 40).Select(i => (long)i)];
        await encoded.SendAsync(VectorStream.Minibatch(1, keys));
        await plain.SendAsync(VectorStream.Minibatch(1, keys));

        var answers = (Encoded: await encoded.NextAsync(), Plain: await plain.NextAsync());

        Assert.Contains(answers.Encoded![0].Columns, chunk => chunk.Encoding != Encoding.Plain);
        Assert.True(answers.Encoded[0].Payload.Length < answers.Plain![0].Payload.Length);
        Assert.All(answers.Plain[0].Columns, chunk => Assert.Equal(Encoding.Plain, chunk.Encoding));
        var single = await service.Vectors.GetFeatureVectorsAsync(Taxi.Get(keys), cancellationToken: Cancellation);
        AssertSame(single, answers.Encoded);
        AssertSame(single, answers.Plain);
    }

    [Fact]
    public async Task A_minibatch_that_one_message_does_not_hold_comes_in_several_with_the_same_values()
    {
        await using var service = await TestService.StartAsync(
            change: o => o with { Limits = new PipelineLimits { MessageBytesMax = 4096, MinibatchPartsAhead = 3 } });
        using var stream = await VectorStream.OpenAsync(service);
        long[] keys = [.. Enumerable.Range(0, 200).Select(i => (long)i)];

        await stream.SendAsync(VectorStream.Minibatch(1, keys));
        await stream.SendAsync(VectorStream.Minibatch(2, 5));
        var answer = await stream.NextAsync();

        Assert.True(answer!.Count > 10);
        Assert.All(answer, message => Assert.True(message.CalculateSize() <= 4096));
        AssertSame(await service.Vectors.GetFeatureVectorsAsync(Taxi.Get(keys), cancellationToken: Cancellation), answer);
        Assert.Equal(2UL, (await stream.NextAsync())![0].Id);
    }

    [Fact]
    public async Task A_minibatch_that_is_wrong_has_its_own_status_and_the_stream_lives_on()
    {
        await using var service = await TestService.StartAsync();
        using var stream = await VectorStream.OpenAsync(service);

        await stream.SendAsync(VectorStream.Listed(1, [(5, "2024-13-01")]));
        await stream.SendAsync(VectorStream.Minibatch(2));
        await stream.SendAsync(new StreamFeatureVectorsRequest { Minibatch = new Minibatch { Id = 3 } });
        await stream.SendAsync(VectorStream.Minibatch(4, 5));

        var week = VectorStream.StatusOf((await stream.NextAsync())!);
        Assert.Equal((int)StatusCode.InvalidArgument, week.Code);
        Assert.Equal("list.weeks[0]", Assert.Single(week.GetDetail<BadRequest>()!.FieldViolations).Field);
        Assert.Contains("grid.keys: expected at least one key", VectorStream.StatusOf((await stream.NextAsync())!).Message, StringComparison.Ordinal);
        Assert.Contains("rows: expected a grid or a list", VectorStream.StatusOf((await stream.NextAsync())!).Message, StringComparison.Ordinal);
        var good = await stream.NextAsync();
        Assert.Empty(good![0].Status);
        Assert.Equal(11U, good[0].Columns[0].Rows);
        Assert.NotNull(stream.Header);
    }

    [Fact]
    public async Task An_overflow_fails_its_minibatch_alone_also_behind_rows_that_were_sent()
    {
        await using var service = await TestService.StartAsync(
            Taxi.Make(1, 2, fareFactor: long.MaxValue / 300), o => o with { Limits = new PipelineLimits { MessageBytesMax = 4096 } });
        using var readings = new MetricReadings(service.Host.Metrics);
        using var stream = await VectorStream.OpenAsync(service);

        // The keys in front are good, and fill several messages.
        await stream.SendAsync(VectorStream.Listed(1, [.. Enumerable.Range(0, 500).Select(_ => (5L, "2024-W12")), (299, "2024-W16"), .. Enumerable.Range(0, 500).Select(_ => (5L, "2024-W12"))]));
        await stream.SendAsync(VectorStream.Listed(2, [(5, "2024-W12")]));
        var failed = await stream.NextAsync();
        var good = await stream.NextAsync();

        Assert.True(failed!.Count > 2);
        var status = VectorStream.StatusOf(failed);
        Assert.Equal((int)StatusCode.OutOfRange, status.Code);
        Assert.Equal("INT64_OVERFLOW", status.GetDetail<ErrorInfo>()!.Reason);
        Assert.Contains("299", status.Message, StringComparison.Ordinal);
        Assert.Empty(failed[^1].Columns);
        Assert.Equal((2UL, 1), (good![0].Id, (int)good[0].Columns[0].Rows));
        Assert.Equal("INT64_OVERFLOW", Assert.Single(readings.Of("feature_service.requests.refused")).Tags["error.type"]);
    }

    [Fact]
    public async Task Damage_fails_the_minibatches_that_meet_it_and_the_stream_lives_on()
    {
        await using var service = await TestService.StartAsync(new DamagedSnapshot(Taxi.Snapshot));
        using var stream = await VectorStream.OpenAsync(service);

        await stream.SendAsync(VectorStream.Minibatch(1, [.. Enumerable.Range(0, 50).Select(i => (long)i)]));
        var failed = await stream.NextAsync();
        await stream.SendAsync(VectorStream.Minibatch(2, 5));
        var other = await stream.NextAsync();

        Assert.Equal((int)StatusCode.DataLoss, VectorStream.StatusOf(failed!).Code);
        Assert.Equal((2UL, (int)StatusCode.DataLoss), (other![0].Id, VectorStream.StatusOf(other).Code));
    }

    [Fact]
    public async Task A_stream_keeps_the_snapshot_that_it_began_with()
    {
        await using var service = await TestService.StartAsync();
        using var stream = await VectorStream.OpenAsync(service);
        await stream.SendAsync(VectorStream.Minibatch(1, 5));
        var before = await stream.NextAsync();

        service.Publish("default", Taxi.Make(1, 2, fareFactor: 2));
        service.Host.Reloader.Look();
        await stream.SendAsync(VectorStream.Minibatch(1, 5));
        var after = await stream.NextAsync();

        Assert.Equal(before![0].Payload, after![0].Payload);
        var current = await service.Vectors.GetFeatureVectorsAsync(Taxi.Get(5), cancellationToken: Cancellation);
        Assert.NotEqual(before[0].Payload, current.Payload);
    }

    [Fact]
    public async Task A_stream_is_counted_timed_and_logged_as_other_requests_are()
    {
        using var log = new LogLines();
        await using var service = await TestService.StartAsync(
            [("default", Taxi.Snapshot)], [("marketing/taxi.view.yaml", Taxi.View)], o => o with { Logging = logging => logging.AddProvider(log) });
        using var readings = new MetricReadings(service.Host.Metrics);
        var first = VectorStream.Selection;
        first.Selection.View = new ViewSelector { Name = "taxi" };
        using var stream = await VectorStream.OpenAsync(service, first);
        var bytes = 0L;
        for (var id = 1UL; id <= 3; id++)
        {
            await stream.SendAsync(VectorStream.Minibatch(id, 1, 2));
            bytes += (await stream.NextAsync())!.Sum(message => message.Payload.Length);
        }

        readings.Observe();
        await stream.EndAsync();
        Assert.Null(await stream.NextAsync());
        await service.Host.StopAsync();

        Assert.Equal(66, readings.Sum("feature_service.vectors"));
        Assert.Equal(bytes, readings.Sum("feature_service.sent"));
        Assert.Equal(1, readings.Of("feature_service.requests.active").Single(r => r.Tags["feature_service.lane"] == "training").Value);
        Assert.Equal(3, readings.Of("feature_service.queue.wait").Count(r => r.Tags["feature_service.lane"] == "training"));
        Assert.Equal(["admit", "plan", "compute", "reply"], readings.Of("feature_service.stage.duration").Select(r => r.Tags["feature_service.stage"]));
        var line = Assert.Single(log.Lines, l => l.Category == "FeatureService.Edge.RequestInterceptor");
        Assert.Equal("features.v1.FeatureVectorsService/StreamFeatureVectors", line.Values["Method"]);
        Assert.Equal(("marketing/taxi", 66L, bytes, "OK"), (line.Values["View"], line.Values["Rows"], line.Values["Bytes"], line.Values["Status"]));
    }

    private static void AssertSame(GetFeatureVectorsResponse single, IReadOnlyList<StreamFeatureVectorsResponse> answer)
    {
        var values = VectorStream.ValuesOf(answer);
        Assert.Equal(single.Columns.Count, values.Count);
        Assert.All(single.Columns, chunk => Assert.Equal(Received.Values(chunk, single.Payload.Span), values[chunk.Column]));
    }
}
