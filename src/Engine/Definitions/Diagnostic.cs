using System.Globalization;

namespace FeatureService.Engine.Definitions;

/// <summary>One thing that is wrong in a catalog or view file.</summary>
/// <param name="File">The file's name as it was given; for a text from a request what the request calls it.</param>
/// <param name="Line">Line in the file as written, from 1.</param>
/// <param name="Column">Column in the file as written, from 1, in UTF-16 units.</param>
/// <param name="Message">What is wrong and what was expected, with the nearest known name where one was mistyped.</param>
public sealed record Diagnostic(string File, int Line, int Column, string Message)
{
    /// <inheritdoc/>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{File}:{Line}:{Column}: {Message}");
}
