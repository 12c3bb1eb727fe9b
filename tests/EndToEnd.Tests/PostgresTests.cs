using FeatureService.Testing;

namespace FeatureService.EndToEnd.Tests;

/// <summary>From a database to features, by the command line.</summary>
public sealed class PostgresTests
{
    private const string Views = """
        features:
          n: count(coupons) over 4w
          paid: sum(coupons.amount) over 4w
          last: last(coupons.action) over 4w
        """;

    [Fact]
    public async Task A_snapshot_of_a_query_is_that_of_the_same_rows_in_a_file_and_serves_the_same_features()
    {
        using var database = PostgresDatabase.Create();
        using var folder = new TempFolder();
        database.Run("""
            create table coupon_events (id int primary key, user_id bigint, at timestamptz, action text, amount numeric(6, 2));
            insert into coupon_events values (1, 7, '2024-02-20T10:00Z', 'sent', null), (2, 7, '2024-02-21T10:00Z', 'used', 2.50), (3, 8, '2024-02-22T10:00Z', 'sent', 0.1)
            """);
        folder.Write("coupons.csv", "id,user_id,at,action,amount\n1,7,2024-02-20T10:00Z,sent,\n2,7,2024-02-21T10:00Z,used,2.50\n3,8,2024-02-22T10:00Z,sent,0.1\n");
        Environment.SetEnvironmentVariable("FEATURES_TEST_EVENTS_DB", database.Settings.ConnectionString);
        var query = await BuildAsync(folder, "query", "postgres: {connection: env:FEATURES_TEST_EVENTS_DB, query: table coupon_events}");
        var file = await BuildAsync(folder, "file", "files: coupons.csv");
        Assert.Equal(file, query);
        folder.Write("idea.view.yaml", "view: idea\n" + Views);
        string[] rows = ["get", "--file", folder["idea.view.yaml"], "--entities", "7,8", "--weeks", "2024-W10", "--format", "csv", "--snapshot"];
        var result = await FeatureCtl.SucceedAsync([.. rows, folder["query"]]);
        Assert.Equal(
            "user_id,week,n,paid,last,row_status\n7,2024-03-04,2,2.5,used,incomplete\n8,2024-03-04,1,0.1,sent,incomplete\n",
            result.Output.ReplaceLineEndings("\n"));
        Assert.Equal(result.Output, (await FeatureCtl.SucceedAsync([.. rows, folder["file"]])).Output);
    }

    [Fact]
    public async Task A_query_or_a_connection_that_is_wrong_ends_with_exit_code_2_and_one_line()
    {
        using var database = PostgresDatabase.Create();
        using var folder = new TempFolder();
        folder.Write("connection.txt", database.Settings.ConnectionString);
        var catalog = WriteCatalog(folder, "wrong", "postgres: {connection: file:connection.txt, query: table none}");
        var result = await FeatureCtl.RunAsync("snapshot", "build", "--catalog", catalog, "--out", folder["out"]);
        Assert.Equal(2, result.ExitCode);
        Assert.Equal(
            $"featurectl: {catalog}:4:62: PostgreSQL refuses the query of source coupons: relation \"none\" does not exist (42P01)",
            Assert.Single(result.Errors.Split('\n', StringSplitOptions.RemoveEmptyEntries), line => line.StartsWith("featurectl:", StringComparison.Ordinal)).TrimEnd());
        Assert.DoesNotContain(database.Settings.Password!, result.Errors, StringComparison.Ordinal);
        Assert.False(Path.Exists(folder["out"]));
        catalog = WriteCatalog(folder, "unset", "postgres: {connection: env:FEATURES_TEST_UNSET, query: table none}");
        result = await FeatureCtl.RunAsync("view", "validate", folder.Write("idea.view.yaml", "view: idea\n" + Views), "--catalog", catalog);
        Assert.Equal(2, result.ExitCode);
        Assert.Contains("the environment variable FEATURES_TEST_UNSET is not set", result.Errors, StringComparison.Ordinal);
    }

    private static string WriteCatalog(TempFolder folder, string name, string input) => folder.Write(
        name + ".yaml", $"entity: {{name: user_id, type: int64}}\nsources:\n  coupons:\n    {input}\n    time: at\n    order: id\n");

    private static async Task<string> BuildAsync(TempFolder folder, string name, string input)
    {
        var result = await FeatureCtl.SucceedAsync("snapshot", "build", "--catalog", WriteCatalog(folder, name, input), "--out", folder[name]);
        return result.Output.Split('\n').Single(line => line.StartsWith("snapshot ", StringComparison.Ordinal)).Split(' ')[^1];
    }
}
