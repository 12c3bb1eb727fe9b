namespace FeatureService.Oracle.Tests.SecondOracle;

/// <summary>An expression in DuckDB's SQL.</summary>
/// <param name="Text">The expression.</param>
/// <param name="Kind">Its type.</param>
/// <param name="Error">How far another order of operations may be off, an expression too; null where values must be equal.</param>
internal sealed record Sql(string Text, Kind Kind, string? Error = null)
{
    /// <summary>DuckDB's name of the type.</summary>
    public string Type => Kind switch
    {
        Kind.Bool => "BOOLEAN",
        Kind.Integer or Kind.Instant => "BIGINT",
        Kind.Float => "DOUBLE",
        Kind.Date => "DATE",
        _ => "VARCHAR",
    };

    /// <summary>The expression as another type.</summary>
    public Sql As(Kind kind)
    {
        var cast = this with { Kind = kind };
        return kind == Kind ? this : cast with { Text = $"({Text})::{cast.Type}" };
    }

    /// <summary>A text in quotes.</summary>
    public static string Quote(string text) => "'" + text.Replace("'", "''") + "'";
}
