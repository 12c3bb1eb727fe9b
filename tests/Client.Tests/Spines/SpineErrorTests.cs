using FeatureService.Client.Datasets.Spines;
using FeatureService.Client.Tests.Fake;
using FeatureService.Core.Columns;
using FeatureService.Core.Tables;
using FeatureService.Testing;
using static FeatureService.Client.Tests.Spines.SpineTables;

namespace FeatureService.Client.Tests.Spines;

public sealed class SpineErrorTests
{
    private static readonly (string, Column) _key = ("user_id", Column.Of<long>(ColumnType.Int64, [1]));
    private static readonly (string, Column) _week = ("week", Column.Of<int>(ColumnType.Date, [Day(0)]));

    public static TheoryData<string, string> Columns => new()
    {
        { "userid week", "rows.test: there is no column 'user_id', the entity's: did you mean 'userid'?" },
        { "user_id", "rows.test: there is no column 'week', that of the weeks: expected user_id (instants in another column are mapped to weeks by --spine-time)" },
        { "user_id week Total", "rows.test: the column 'Total' and the feature 'total' have one name, ignoring case: expected another one for the spine's" },
        { "user_id week city", "rows.test: the column 'city' and the label 'city' have one name" },
        { "user_id week Row_Status", "rows.test: the column 'Row_Status' and the dataset's own 'row_status' have one name" },
        { "user_id week User_Id", "rows.test: the column 'User_Id' and the entity 'user_id' have one name" },
        { "user_id week Week", "rows.test: the column 'Week' and the dataset's own 'week' have one name" },
        { "user_id week note Note", "rows.test: the column 'Note' and the column 'note' have one name" },
        { "user_id week ''", "rows.test: a column has no name" },
    };

    [Theory]
    [MemberData(nameof(Columns))]
    public async Task A_column_that_is_missing_or_clashes_is_told(string names, string message)
    {
        var table = new ColumnTable("rows.test", [.. names.Split(' ').Select(name => name switch
        {
            "user_id" => _key,
            "week" => _week,
            _ => (name.Trim('\''), Column.Of(["x"])),
        })]);
        Assert.StartsWith(message, (await ErrorAsync(table)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Everything_that_is_wrong_with_the_columns_is_told_at_once()
    {
        var table = new ColumnTable(
            "rows.test", ("user_id", Column.Of<double>(ColumnType.Float64, [1])), ("week", Column.Of<long>(ColumnType.Timestamp, [0])), ("amount", Column.Of(["x"])));
        Assert.Equal(
            [
                "rows.test: column 'user_id' has type float64: expected int64, which the snapshot's entities are",
                "rows.test: column 'week' has type timestamp: expected week keys, as dates or text (instants in another column are mapped to weeks by --spine-time)",
                "rows.test: the column 'amount' and the feature 'amount' have one name, ignoring case: expected another one for the spine's",
            ],
            (await ErrorAsync(table)).Messages);
    }

    [Fact]
    public async Task A_type_that_a_dataset_cannot_carry_is_told() => Assert.Equal(
        "odd.test: column 'price' has type decimal(10, 2), which a dataset cannot carry: expected bool, int64, float64, float32, string, date, timestamp; cast it, or leave it out",
        (await ErrorAsync(new OddTable())).Message);

    [Fact]
    public async Task The_first_ten_rows_without_entity_or_week_are_told_with_their_place()
    {
        string?[] weeks = ["2024-01-02", "2023-W53", "soon", null, "2024-W01", "1066-10-14", .. Enumerable.Repeat("x", 10)];
        string?[] keys = ["1", "2", null, "4", "five", .. Enumerable.Repeat("6", 11)];
        var error = await ErrorAsync(new ColumnTable("rows.test", ("user_id", Column.Of(keys)), ("week", Column.Of(weeks))));
        Assert.Equal(11, error.Messages.Count);
        Assert.Equal("rows.test:3: user_id is null: expected an int64", error.Messages[0]);
        Assert.Equal("rows.test:5: user_id is 'five': expected an int64", error.Messages[1]);
        Assert.StartsWith("rows.test:1: week '2024-01-02' starts no week: weeks start on Monday; the nearest are 2024-01-01 and", error.Messages[2], StringComparison.Ordinal);
        Assert.StartsWith("rows.test:2: week '2023-W53' does not exist: 2023 has weeks W01 to W52", error.Messages[3], StringComparison.Ordinal);
        Assert.StartsWith("rows.test:3: week 'soon' is no week key", error.Messages[4], StringComparison.Ordinal);
        Assert.Equal("rows.test:4: week is null: expected a week key", error.Messages[5]);
        Assert.StartsWith("rows.test:6: week '1066-10-14' is out of range", error.Messages[6], StringComparison.Ordinal);
        Assert.Equal("and 7 more", error.Messages[10]);
    }

    [Fact]
    public async Task A_date_that_starts_no_week_is_told()
    {
        var table = new ColumnTable("rows.test", _key, ("week", Column.Of<int>(ColumnType.Date, [Day(0) + 3])));
        Assert.StartsWith("rows.test:1: week '2024-01-04' starts no week", (await ErrorAsync(table)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Nothing_is_written_or_computed_for_a_spine_that_is_wrong()
    {
        await using var service = await FakeService.StartAsync();
        using var folder = new TempFolder();
        var table = new ColumnTable("rows.test", _key, ("week", Column.Of(["soon"])));
        await Assert.ThrowsAsync<SpineException>(() => BuildAsync(Query(table), folder["set"], services: service));
        Assert.Empty(Directory.EnumerateFileSystemEntries(folder.Path));
        Assert.Equal(0, service.StreamCount);
    }

    private static async Task<SpineException> ErrorAsync(ITable table)
    {
        await using var service = await FakeService.StartAsync();
        using var folder = new TempFolder();
        return await Assert.ThrowsAsync<SpineException>(() => BuildAsync(Query(table), folder["set"], services: service));
    }

    private sealed class OddTable : ITable
    {
        public string Name => "odd.test";

        public IReadOnlyList<TableColumn> Columns =>
        [
            new("user_id", ColumnType.Int64, "int64"), new("week", ColumnType.Date, "date"), new("price", ColumnType.None, "decimal(10, 2)"),
        ];

        public IEnumerable<TableBatch> Read(TableReading reading, CancellationToken cancellation) => throw new NotSupportedException();
    }
}
