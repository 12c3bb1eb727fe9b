using System.Net.Sockets;
using System.Security.Authentication;
using Npgsql;

namespace FeatureService.Ingest.Inputs.Postgres;

/// <summary>What PostgreSQL and the way to it say when something is wrong.</summary>
internal static class PostgresErrors
{
    /// <summary>Whether an exception is the database's or the network's, not the program's, and nobody has ended the reading.</summary>
    public static bool IsOne(Exception error, CancellationToken cancellation)
    {
        if (error is not (NpgsqlException or SocketException or TimeoutException or IOException or AuthenticationException))
        {
            return false;
        }

        // A query that was cancelled on purpose ends with an error of PostgreSQL's.
        cancellation.ThrowIfCancellationRequested();
        return true;
    }

    /// <summary>An error in words, on one line.</summary>
    public static string Words(Exception error)
    {
        var words = error switch
        {
            PostgresException { Hint: { Length: > 0 } hint } known => $"{known.MessageText} ({known.SqlState}); {hint}",
            PostgresException known => $"{known.MessageText} ({known.SqlState})",
            { InnerException: { } inner } => $"{error.Message.TrimEnd('.')}: {inner.Message}",
            _ => error.Message,
        };
        return words.ReplaceLineEndings(" ");
    }
}
