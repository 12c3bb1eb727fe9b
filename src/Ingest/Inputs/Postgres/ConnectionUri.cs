using System.Globalization;
using Npgsql;

namespace FeatureService.Ingest.Inputs.Postgres;

/// <summary>Reads a connection string as PostgreSQL's own programs take it: <c>postgresql://user:password@host:5432/database?sslmode=require</c>.</summary>
internal static class ConnectionUri
{
    private static readonly string[] _schemes = ["postgresql://", "postgres://"];

    /// <summary>Whether a text is of this form.</summary>
    public static bool IsUri(string text) => _schemes.Any(scheme => text.AsSpan().TrimStart().StartsWith(scheme, StringComparison.Ordinal));

    /// <summary>The settings of a connection.</summary>
    /// <exception cref="FormatException">It cannot be read, or has a parameter that is not known.</exception>
    public static NpgsqlConnectionStringBuilder Read(string text)
    {
        if (!Uri.TryCreate(text, UriKind.Absolute, out var uri))
        {
            throw new FormatException();
        }

        var user = uri.UserInfo.Split(':', 2);
        var settings = new NpgsqlConnectionStringBuilder
        {
            Host = uri.Host.Trim('[', ']'),
            Port = uri.Port > 0 ? uri.Port : NpgsqlConnection.DefaultPort,
            Username = user[0].Length > 0 ? Uri.UnescapeDataString(user[0]) : null,
            Password = user.Length > 1 ? Uri.UnescapeDataString(user[1]) : null,
            Database = uri.AbsolutePath.Length > 1 ? Uri.UnescapeDataString(uri.AbsolutePath[1..]) : null,
        };
        foreach (var parameter in uri.Query.TrimStart('?').Split('&', StringSplitOptions.RemoveEmptyEntries))
        {
            var pair = parameter.Split('=', 2);
            Set(settings, Uri.UnescapeDataString(pair[0]), pair.Length > 1 ? Uri.UnescapeDataString(pair[1]) : "");
        }

        return settings;
    }

    private static void Set(NpgsqlConnectionStringBuilder settings, string name, string value)
    {
        switch (name)
        {
            case "host":
                settings.Host = value;
                break;
            case "port":
                settings.Port = int.Parse(value, CultureInfo.InvariantCulture);
                break;
            case "user":
                settings.Username = value;
                break;
            case "password":
                settings.Password = value;
                break;
            case "dbname":
                settings.Database = value;
                break;
            case "sslmode":
                settings.SslMode = Enum.Parse<SslMode>(value.Replace("-", "", StringComparison.Ordinal), ignoreCase: true);
                break;
            case "sslrootcert":
                settings.RootCertificate = value;
                break;
            case "application_name":
                settings.ApplicationName = value;
                break;
            case "connect_timeout":
                settings.Timeout = int.Parse(value, CultureInfo.InvariantCulture);
                break;
            case "options":
                settings.Options = value;
                break;
            default:
                throw new FormatException();
        }
    }
}
