namespace FeatureService.Engine.Definitions;

/// <summary>Where a secret is; the secret itself never stands in a catalog.</summary>
/// <param name="Kind">What <paramref name="Name"/> names.</param>
/// <param name="Name">The name of an environment variable, or the path of a file, relative to the catalog's folder.</param>
public sealed record SecretReference(SecretKind Kind, string Name)
{
    private const string EnvironmentPrefix = "env:";
    private const string FilePrefix = "file:";

    /// <summary>Reads <c>env:NAME</c> or <c>file:PATH</c>.</summary>
    /// <returns>Null for any other text, which may be a secret: messages must not show it.</returns>
    public static SecretReference? TryParse(string text)
    {
        if (text.StartsWith(EnvironmentPrefix, StringComparison.Ordinal))
        {
            var name = text[EnvironmentPrefix.Length..];
            return name.Length > 0 && name.All(c => char.IsAsciiLetterOrDigit(c) || c == '_') ? new SecretReference(SecretKind.Environment, name) : null;
        }

        return text.StartsWith(FilePrefix, StringComparison.Ordinal) && text.Length > FilePrefix.Length
            ? new SecretReference(SecretKind.File, text[FilePrefix.Length..])
            : null;
    }

    /// <inheritdoc/>
    public override string ToString() => (Kind == SecretKind.Environment ? EnvironmentPrefix : FilePrefix) + Name;
}

/// <summary>Kinds of places of secrets.</summary>
public enum SecretKind
{
    /// <summary>An environment variable.</summary>
    Environment,

    /// <summary>A file that holds the secret alone.</summary>
    File,
}
