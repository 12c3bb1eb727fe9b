using FeatureService.Oracle.Tests.OnlineRetail;
using NodaTime;

namespace FeatureService.Oracle.Tests.SecondOracle;

/// <summary>Lines of one in so many customers of a real shop, in both systems.</summary>
internal sealed class RetailCase : IDisposable
{
    private const int CustomersPer = 40;
    private const int Weeks = 55;

    private readonly OracleDuckDb _duckDb = new(new ZoneInstants("Europe/London", new LocalDate(2010, 11, 29), Weeks));

    /// <summary>Reads the shop's file into DuckDB.</summary>
    /// <param name="retail">The snapshot.</param>
    public RetailCase(RetailFixture retail)
    {
        _duckDb.Execute(DuckDbAnswer.Utc + $"""
            CREATE TABLE raw AS SELECT row_number() OVER () AS pos, * FROM read_csv('{RetailFixture.Csv.Replace("'", "''")}', all_varchar = true, header = true);
            CREATE TABLE lines AS SELECT CustomerID::BIGINT AS entity, utc(InvoiceDate) AS time, time AS known, row_number() OVER (ORDER BY time, pos) AS seq,
                time AS "c_InvoiceDate", InvoiceNo AS "c_InvoiceNo", StockCode AS "c_StockCode", Quantity::BIGINT AS "c_Quantity",
                UnitPrice::DOUBLE AS "c_UnitPrice", Country AS "c_Country"
                FROM raw WHERE CustomerID::BIGINT % {CustomersPer} = 0;
            CREATE TABLE pence AS SELECT CustomerID::BIGINT AS entity, utc(InvoiceDate) AS time, time AS known, row_number() OVER (ORDER BY time, pos) AS seq,
                Quantity::BIGINT AS "c_Quantity", (UnitPrice::DECIMAL(18, 2) * 100)::BIGINT AS "c_UnitPrice"
                FROM raw WHERE CustomerID::BIGINT % {CustomersPer} = 0;
            """);
        _duckDb.AddGrid("SELECT DISTINCT entity FROM lines");
        var complete = _duckDb.Instants.StartOfDay(new LocalDate(2011, 12, 31));
        SqlSource[] sources =
        [
            new(
                "lines",
                new Dictionary<string, Kind>
                {
                    ["InvoiceDate"] = Kind.Instant,
                    ["InvoiceNo"] = Kind.Text,
                    ["StockCode"] = Kind.Text,
                    ["Quantity"] = Kind.Integer,
                    ["UnitPrice"] = Kind.Float,
                    ["Country"] = Kind.Text,
                },
                complete),
            new("pence", new Dictionary<string, Kind> { ["Quantity"] = Kind.Integer, ["UnitPrice"] = Kind.Integer }, complete),
        ];
        var keys = _duckDb.Read("SELECT DISTINCT entity, DATE '2011-01-01', NULL, NULL FROM grid ORDER BY entity").Select(row => row.Key);
        Answers = new TwoAnswers(retail.Snapshot, _duckDb, sources, [.. keys]);
    }

    /// <summary>Both answers.</summary>
    public TwoAnswers Answers { get; }

    /// <inheritdoc/>
    public void Dispose() => _duckDb.Dispose();
}
