namespace FeatureService.Engine.Definitions;

/// <summary>A query of PostgreSQL whose rows are those of a source.</summary>
public sealed record PostgresQuery
{
    /// <summary>Where the connection string is.</summary>
    public required SecretReference Connection { get; init; }

    /// <summary>The query as the catalog has it.</summary>
    public required string Query { get; init; }

    /// <summary>From an index in <see cref="Query"/>, its end included, to the place in the catalog's file, for messages.</summary>
    public required Func<int, Diagnostic> PlaceOf { get; init; }
}
