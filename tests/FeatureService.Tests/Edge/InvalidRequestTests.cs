using FeatureService.Contracts.V1;
using FeatureService.Tests.Support;
using Google.Protobuf;
using Grpc.Core;

namespace FeatureService.Tests.Edge;

public sealed class InvalidRequestTests : IAsyncLifetime
{
    private TestService _service = null!;

    public async ValueTask InitializeAsync() => _service = await TestService.StartAsync();

    public ValueTask DisposeAsync() => _service.DisposeAsync();

    public static TheoryData<string, string> Requests => new()
    {
        { """{"grid":{"weeks":{"first":"2024-W10"},"keys":{"int64Keys":["1"]}}}""", "view: expected a name or a definition" },
        { """{"view":V}""", "rows: expected a grid or a list" },
        { """{"view":V,"grid":{"keys":{"int64Keys":["1"]}}}""", "grid.weeks.first: expected the key of the first week" },
        { """{"view":V,"grid":{"weeks":{"first":"2024-03-05"},"keys":{"int64Keys":["1"]}}}""", "grid.weeks.first: '2024-03-05' starts no week: weeks start on Monday; the nearest are 2024-03-04 and 2024-03-11" },
        { """{"view":V,"grid":{"weeks":{"first":"2300-W01"},"keys":{"int64Keys":["1"]}}}""", "grid.weeks.first: '2300-W01' is out of range" },
        { """{"view":V,"grid":{"weeks":{"first":"2024-W20","last":"2024-W10"},"keys":{"int64Keys":["1"]}}}""", "grid.weeks.last: 2024-W10 lies before the first week, 2024-W20" },
        { """{"view":V,"grid":{"weeks":{"first":"2024-W10","step":-1},"keys":{"int64Keys":["1"]}}}""", "grid.weeks.step: -1 is no step: expected 1 or more" },
        { """{"view":V,"grid":{"weeks":{"first":"2024-W10"}}}""", "grid.keys: expected named entities: all entities and runs of slices are the work of Backfill" },
        { """{"view":V,"grid":{"weeks":{"first":"2024-W10"},"keys":{}}}""", "grid.keys: expected at least one key" },
        { """{"view":V,"grid":{"weeks":{"first":"2024-W10"},"keys":{"stringKeys":["1"]}}}""", "grid.keys.string_keys: keys of this catalog are int64: expected int64_keys" },
        { """{"view":V,"grid":{"weeks":{"first":"2024-W10"},"keys":{"int64Keys":["1","2","1"]}}}""", "grid.keys.int64_keys[2]: '1' is named twice" },
        { """{"view":V,"list":{"keys":{"int64Keys":["1"]},"weeks":[]}}""", "list.weeks: 0 weeks for 1 keys: expected as many" },
        { """{"view":V,"list":{"keys":{"int64Keys":["1"]},"weeks":["2024-W54"]}}""", "list.weeks[0]: '2024-W54' does not exist: 2024 has weeks W01 to W52" },
        { """{"view":V,"columns":{"names":["opens_4"]},"list":{"keys":{"int64Keys":["1"]},"weeks":["2024-W10"]}}""", "columns.names[0]: view taxi has no column 'opens_4', did you mean 'opens_4w'?" },
        { """{"view":V,"columns":{"names":["km_13w","km_13w"]},"list":{"keys":{"int64Keys":["1"]},"weeks":["2024-W10"]}}""", "columns.names[1]: 'km_13w' is named twice" },
        { """{"view":V,"acceptEncodings":["ENCODING_UNSPECIFIED"],"list":{"keys":{"int64Keys":["1"]},"weeks":["2024-W10"]}}""", "accept_encodings[0]: is not an encoding: expected ENCODING_PLAIN or nothing" },
    };

    [Theory]
    [MemberData(nameof(Requests))]
    public async Task A_wrong_request_names_the_field_and_what_was_expected(string json, string expected)
    {
        var violations = await Expect.ViolationsAsync(Get(GetFeatureVectorsRequest.Parser.ParseJson(WithView(json))));

        var violation = Assert.Single(violations);
        Assert.StartsWith(expected, violation, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Everything_that_is_wrong_is_told_at_once()
    {
        var request = BackfillRequest.Parser.ParseJson(WithView(
            """{"view":V,"columns":{"names":["no"]},"grid":{"weeks":{"first":"x","last":"y"},"slices":{"partition":9}}}"""));

        var violations = await Expect.ViolationsAsync(() => Drain(request));

        Assert.Equal(
            ["columns.names[0]", "grid.weeks.first", "grid.weeks.last", "grid.slices.partition"], violations.Select(v => v[..v.IndexOf(':', StringComparison.Ordinal)]));
    }

    [Theory]
    [InlineData("""{"partition":2,"sliceCount":1}""", "grid.slices.partition: 2 is no partition: expected 0 to 1")]
    [InlineData("""{"partition":-1,"sliceCount":1}""", "grid.slices.partition: -1 is no partition")]
    [InlineData("""{"partition":0}""", "grid.slices: 0 slices from 0 on: expected at least one of the slices 0 to 3")]
    [InlineData("""{"partition":0,"firstSlice":3,"sliceCount":2}""", "grid.slices: 2 slices from 3 on")]
    [InlineData("""{"partition":0,"firstSlice":2147483647,"sliceCount":2147483647}""", "grid.slices: 2147483647 slices")]
    public async Task A_run_of_slices_that_is_not_there_is_refused(string slices, string expected)
    {
        var request = BackfillRequest.Parser.ParseJson(WithView($$$"""{"view":V,"grid":{"weeks":{"first":"2024-W10"},"slices":{{{slices}}}}}"""));

        Assert.StartsWith(expected, Assert.Single(await Expect.ViolationsAsync(() => Drain(request))), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_answer_above_the_limit_is_refused_before_it_is_computed()
    {
        var request = Taxi.Get([.. Enumerable.Range(0, 100_000)]);

        var violation = Assert.Single(await Expect.ViolationsAsync(Get(request)));
        var refused = await Expect.StatusAsync(StatusCode.InvalidArgument, Get(request));

        Assert.Equal("ANSWER_TOO_LARGE", Expect.Reason(refused));
        Assert.StartsWith("rows: an answer of 1100000 rows takes ", violation, StringComparison.Ordinal);
        Assert.EndsWith("at most 4194304 fit: ask for fewer rows or use Backfill", violation, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Weeks_and_columns_that_no_memory_holds_are_refused()
    {
        var lines = Enumerable.Range(0, 3000).Select(i => $"  f{i}: count(rides) over {i + 1}d\n");
        var request = Taxi.Backfill();
        request.View = new ViewSelector { Definition = "view: v\nfeatures:\n" + string.Concat(lines) };
        request.Grid.Weeks = Taxi.Weeks("1900-01-01", "2199-12-30");

        Assert.StartsWith(
            "grid.weeks: 15654 weeks of 3000 columns take ", Assert.Single(await Expect.ViolationsAsync(() => Drain(request))), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_request_above_the_limit_is_refused_unread() =>
        await Expect.StatusAsync(StatusCode.ResourceExhausted, Get(new GetFeatureVectorsRequest
        {
            View = new ViewSelector { Definition = new string('#', 5 << 20) },
        }));

    [Fact]
    public async Task A_damaged_cursor_is_an_invalid_argument()
    {
        var good = new FeatureService.Pipeline.Cursor(Taxi.Snapshot.Id, "p", 7, 1).Write();
        for (var i = 0; i < good.Length; i++)
        {
            var bytes = good.ToArray();
            bytes[i] ^= 4;
            var damaged = Assert.Throws<RequestException>(() => FeatureService.Pipeline.Cursor.Read(bytes));
            Assert.Equal("cursor", Assert.Single(damaged.Violations).Field);
            Assert.Throws<RequestException>(() => FeatureService.Pipeline.Cursor.Read(good.AsSpan(0, i)));
        }

        var request = Taxi.Backfill();
        request.Cursor = ByteString.CopyFromUtf8("anything");
        Assert.StartsWith("cursor: is damaged", Assert.Single(await Expect.ViolationsAsync(() => Drain(request))), StringComparison.Ordinal);
    }

    private static string WithView(string json) =>
        json.Replace("\"view\":V", $"\"view\":{{\"definition\":{System.Text.Json.JsonSerializer.Serialize(Taxi.View)}}}", StringComparison.Ordinal);

    private AsyncUnaryCall<GetFeatureVectorsResponse> Get(GetFeatureVectorsRequest request) =>
        _service.Vectors.GetFeatureVectorsAsync(request, cancellationToken: TestContext.Current.CancellationToken);

    private async Task Drain(BackfillRequest request)
    {
        using var call = _service.Vectors.Backfill(request, cancellationToken: TestContext.Current.CancellationToken);
        await foreach (var message in call.ResponseStream.ReadAllAsync(TestContext.Current.CancellationToken))
        {
            Assert.NotNull(message);
        }
    }
}
