namespace FeatureService.Oracle.Tests.SecondOracle;

/// <summary>
/// A source as a table of DuckDB: <c>entity</c>, <c>time</c> and <c>known</c> in microseconds, <c>seq</c> the order of events, and
/// the columns with a <c>c_</c> before their names.
/// </summary>
/// <param name="Name">Its name, which is that of the table.</param>
/// <param name="Columns">Types of the columns.</param>
/// <param name="CompleteUntil">Before which instant it is whole.</param>
/// <param name="Settles">How late rows may still become known.</param>
internal sealed record SqlSource(string Name, IReadOnlyDictionary<string, Kind> Columns, long CompleteUntil, Span? Settles = null)
{
    /// <summary>A column, in double quotes.</summary>
    public Sql Column(string name) => new($"e.\"c_{name}\"", Columns[name]);
}
