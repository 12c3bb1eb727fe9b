using FeatureService.Engine.Definitions.Yaml;

namespace FeatureService.Engine.Definitions.Binding;

/// <summary>Reads the key <c>postgres</c> of a source.</summary>
/// <param name="source">Where errors go.</param>
internal sealed class PostgresQueryReader(SourceText source)
{
    /// <summary>The key.</summary>
    public const string Key = "postgres";

    private static readonly string[] Keys = ["connection", "query"];

    /// <summary>Reads the key's value.</summary>
    /// <param name="name">The source's name.</param>
    /// <param name="reader">The source's keys.</param>
    /// <returns>Null where the key is not there or is wrong, which is reported.</returns>
    public PostgresQuery? Read(string name, MappingReader reader)
    {
        if (reader.Mapping(Key, "{connection: env:VARIABLE or file:PATH, query: \"select ...\"}", isRequired: false) is not { } mapping)
        {
            return null;
        }

        var inner = new MappingReader(source, mapping, $"postgres of source '{name}'", Keys);
        var connection = Connection(inner);
        var query = inner.RequiredText("query");
        if (connection is null || query is null)
        {
            return null;
        }

        var positions = new Lazy<int[]>(() => ScalarPositions.Find(source.Text, query));
        return new PostgresQuery
        {
            Connection = connection,
            Query = query.Value,
            PlaceOf = index => source.At(positions.Value[index], $"the query of source '{name}'"),
        };
    }

    /// <summary>What is no reference may be a secret, so it is not shown.</summary>
    private SecretReference? Connection(MappingReader reader)
    {
        if (reader.RequiredText("connection") is not { } text)
        {
            return null;
        }

        var connection = SecretReference.TryParse(text.Value);
        if (connection is null)
        {
            source.Report(
                text.Start, "the connection is no reference: expected env:VARIABLE or file:PATH, which holds the connection string, as secrets never stand in a catalog");
        }

        return connection;
    }
}
