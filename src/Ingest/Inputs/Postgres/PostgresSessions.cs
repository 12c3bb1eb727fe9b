using FeatureService.Engine.Definitions;
using Npgsql;

namespace FeatureService.Ingest.Inputs.Postgres;

/// <summary>
/// The databases of one build, each connected to once: all sources of one connection string are read in one transaction, and so see one
/// state.
/// </summary>
/// <param name="catalogPath">The catalog's file.</param>
/// <param name="cancellation">Ends the reading.</param>
internal sealed class PostgresSessions(string catalogPath, CancellationToken cancellation) : IDisposable
{
    private readonly Dictionary<string, PostgresSession> _sessions = [];

    /// <summary>Asks a source's database for the columns of its query.</summary>
    /// <param name="source">A source with a query.</param>
    /// <exception cref="InputException">The database cannot be reached, or refuses the user or the query.</exception>
    public PostgresInput Open(SourceFile source)
    {
        var query = source.Postgres!;
        var place = $"{catalogPath}:{source.Place.Line}:{source.Place.Column}: source {source.Name}";
        var settings = ConnectionText.Read(query.Connection, catalogPath, place);
        return PostgresInput.Open(source, SessionOf(settings, $"{place}: connection {query.Connection}"));
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var session in _sessions.Values)
        {
            session.Dispose();
        }

        _sessions.Clear();
    }

    private PostgresSession SessionOf(NpgsqlConnectionStringBuilder settings, string place)
    {
        if (_sessions.TryGetValue(settings.ConnectionString, out var session))
        {
            return session;
        }

        try
        {
            session = PostgresSession.Open(settings, cancellation);
        }
        catch (Exception error) when (PostgresErrors.IsOne(error, cancellation))
        {
            var words = error is PostgresException ? "refuses the connection" : "cannot be reached";
            throw new InputException($"{place}: PostgreSQL at {settings.Host}:{settings.Port} {words}: {PostgresErrors.Words(error)}", error);
        }

        _sessions.Add(settings.ConnectionString, session);
        return session;
    }
}
