using FeatureService.Testing;

namespace FeatureService.Ingest.Tests;

public sealed class NdjsonTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Objects_give_the_snapshot_that_the_same_rows_in_CSV_give()
    {
        _folder.Write("e.csv", "user_id,at,fare,km,paid,area\n1,2024-01-02 10:00,700,1.5,true,\"a \"\"b\"\"\"\n2,2024-01-03 10:00,,,false,é\n");
        var expected = Builds.Build(_folder, Builds.Catalog("e.csv")).SnapshotId;
        _folder.Write(
            "e.ndjson",
            """
            {"user_id":1,"at":"2024-01-02 10:00","fare":700,"km":1.5,"paid":true,"area":"a \"b\""}

              {"area":"\u00e9", "paid":false, "km":null, "at":"2024-01-03T10:00", "user_id":2}
            """);
        Assert.Equal(expected, Builds.Build(_folder, Builds.Catalog("e.ndjson")).SnapshotId);
    }

    [Fact]
    public void Columns_come_in_the_order_in_which_their_keys_do_and_may_be_missing_in_a_file()
    {
        _folder.Write("1.jsonl", "{\"user_id\":1,\"at\":\"2024-01-01\",\"b\":1}\n{\"user_id\":1,\"at\":\"2024-01-02\",\"a\":0.5,\"b\":2}\n");
        _folder.Write("2.jsonl", "{\"at\":\"2024-01-03\",\"user_id\":2,\"c\":\"x\"}\n");
        _folder.Write("3.jsonl", "");
        Builds.Build(_folder, Builds.Catalog("'*.jsonl'"));
        Assert.Equal("at date, b int64, a float64, c string", Builds.Columns(_folder));
        Builds.Build(_folder, Builds.Catalog("'*.jsonl'", "columns: {a: float64, c: string}"));
        Assert.Equal("a float64, c string, at date", Builds.Columns(_folder));
    }

    [Fact]
    public void Lines_that_are_no_objects_and_values_that_do_not_read_are_bad_rows_with_their_lines()
    {
        _folder.Write(
            "e.ndjson",
            "{\"user_id\":1,\"at\":\"2024-01-01\",\"x\":1}\n{\"user_id\":1,\n[1]\n{\"user_id\":1,\"at\":\"2024-01-01\",\"x\":\"one\"}\n{\"user_id\":1,\"at\":\"2024-01-01\",\"x\":1,\"x\":2}\n{} {}\n");
        var catalog = Builds.Catalog("e.ndjson", "columns: {x: int64, at: date}");
        Assert.Equal(
            [
                $"{_folder["e.ndjson"]}:2: '{{\"user_id\":1,': expected a JSON object",
                $"{_folder["e.ndjson"]}:3: '[1]': expected a JSON object",
                $"{_folder["e.ndjson"]}:4: 'one' in column x: expected int64",
                $"{_folder["e.ndjson"]}:5: 'the key x twice': expected each key once",
                $"{_folder["e.ndjson"]}:6: '{{}} {{}}': expected a JSON object",
            ],
            Builds.Refused(_folder, catalog).Skip(1));
        var report = Builds.Build(_folder, catalog, options => options with { MaxBadRows = 5 });
        Assert.Equal((1, 5), (report.EventCount, report.Sources[0].BadCount));
    }

    [Fact]
    public void Objects_inside_are_left_out_and_asking_for_one_is_an_error()
    {
        _folder.Write("e.ndjson", "{\"user_id\":1,\"at\":\"2024-01-01\",\"x\":{\"y\":[1]},\"z\":3}\n");
        Builds.Build(_folder, Builds.Catalog("e.ndjson"));
        Assert.Equal("at date, z int64", Builds.Columns(_folder));
        using var other = new TempFolder();
        other.Write("e.ndjson", "{\"user_id\":1,\"at\":\"2024-01-01\",\"x\":[1]}\n");
        Assert.Equal(
            $"{other["e.ndjson"]}: column x has type object or array, which does not cast to string",
            Assert.Single(Builds.Refused(other, Builds.Catalog("e.ndjson", "columns: {x: string}"))));
    }

    [Fact]
    public void A_file_of_many_blocks_keeps_the_order_of_its_lines()
    {
        var lines = Enumerable.Range(0, 60_000).Select(i => $"{{\"user_id\":{i % 7},\"at\":\"2024-01-01\",\"n\":{i},\"pad\":\"{new string('x', 20)}\"}}");
        _folder.Write("e.ndjson", string.Join('\n', lines));
        var report = Builds.Build(_folder, Builds.Catalog("e.ndjson", "columns: {n: int64}"));
        Assert.Equal(60_000, report.EventCount);
        _folder.Write("e.csv", "user_id,at,n\n" + string.Concat(Enumerable.Range(0, 60_000).Select(i => $"{i % 7},2024-01-01,{i}\n")));
        Assert.Equal(report.SnapshotId, Builds.Build(_folder, Builds.Catalog("e.csv", "columns: {n: int64}")).SnapshotId);
    }
}
