using System.Data.Common;
using FeatureService.Engine.Definitions;
using Npgsql;

namespace FeatureService.Ingest.Inputs.Postgres;

/// <summary>
/// Reads the connection string of a source. It holds a password, and so may what a library says of one that it cannot read: no message
/// shows either.
/// </summary>
internal static class ConnectionText
{
    private const string Form = "expected a connection string, as Host=db.example;Database=events;Username=reader;Password=...";

    /// <summary>The settings of a connection.</summary>
    /// <param name="reference">Where the connection string is.</param>
    /// <param name="catalogPath">The catalog's file; a relative path is relative to its folder.</param>
    /// <param name="place">What messages begin with.</param>
    /// <exception cref="InputException">There is no such variable or file, or it holds no connection string.</exception>
    public static NpgsqlConnectionStringBuilder Read(SecretReference reference, string catalogPath, string place)
    {
        var text = reference.Kind == SecretKind.Environment
            ? Environment.GetEnvironmentVariable(reference.Name)
            : FileText(reference, catalogPath, place);
        if (string.IsNullOrWhiteSpace(text))
        {
            throw new InputException(reference.Kind == SecretKind.Environment
                ? $"{place}: connection {reference}: the environment variable {reference.Name} is not set: {Form}"
                : $"{place}: connection {reference}: the file is empty: {Form}");
        }

        try
        {
            var settings = ConnectionUri.IsUri(text) ? ConnectionUri.Read(text.Trim()) : new NpgsqlConnectionStringBuilder(text.Trim());
            return string.IsNullOrEmpty(settings.Host) ? throw new FormatException() : Complete(settings, text);
        }
        catch (Exception error) when (error is ArgumentException or FormatException or OverflowException or KeyNotFoundException or NotSupportedException)
        {
            throw new InputException($"{place}: connection {reference}: its text does not read as a connection string: {Form}; or postgresql://reader:...@db.example/events");
        }
    }

    /// <summary>One connection, closed with the build; a query takes as long as it takes, unless the text has a limit of its own.</summary>
    private static NpgsqlConnectionStringBuilder Complete(NpgsqlConnectionStringBuilder settings, string text)
    {
        settings.Pooling = false;
        settings.Multiplexing = false;
        settings.Enlist = false;
        settings.TcpKeepAlive = true;
        settings.ApplicationName ??= "featurectl";
        if (!HasCommandTimeout(text))
        {
            settings.CommandTimeout = 0;
        }

        return settings;
    }

    private static bool HasCommandTimeout(string text) => !ConnectionUri.IsUri(text)
        && new DbConnectionStringBuilder { ConnectionString = text }.Keys!.Cast<string>()
            .Any(key => key.Replace(" ", "", StringComparison.Ordinal).Equals("CommandTimeout", StringComparison.OrdinalIgnoreCase));

    private static string FileText(SecretReference reference, string catalogPath, string place)
    {
        var path = Path.Combine(Path.GetDirectoryName(Path.GetFullPath(catalogPath))!, reference.Name);
        try
        {
            return File.ReadAllText(path);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new InputException($"{place}: connection {reference}: cannot read it: {error.Message}", error);
        }
    }
}
