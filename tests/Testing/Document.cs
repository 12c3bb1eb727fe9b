namespace FeatureService.Testing;

/// <summary>Parts of the repository's documents that are checked against the code: what stands between two marks.</summary>
public static class Document
{
    /// <summary>Where this environment variable is 1, parts that differ are written into the document; the test fails all the same.</summary>
    public const string WriteVariable = "FEATURES_WRITE_DOCS";

    /// <summary>Checks that a part of a document is what the code says.</summary>
    /// <param name="path">The document, relative to the repository's root.</param>
    /// <param name="part">The part's name: it stands behind the comment <c>checked against the code: NAME</c>, up to <c>end</c>.</param>
    /// <param name="expected">What it should be, lines ended by LF.</param>
    public static void CheckPart(string path, string part, string expected)
    {
        var (file, text, from, to) = Find(path, part);
        var found = text[from..to];
        if (found != expected && Environment.GetEnvironmentVariable(WriteVariable) == "1")
        {
            File.WriteAllText(file, string.Concat(text.AsSpan(0, from), expected, text.AsSpan(to)));
        }

        Assert.True(
            found == expected,
            $"{path}: the part '{part}' is not what the code says; {WriteVariable}=1 with this test writes it. Expected:\n{expected}");
    }

    /// <summary>A file of the repository.</summary>
    /// <param name="path">Relative to the repository's root.</param>
    public static string Text(string path) => File.ReadAllText(Path.Combine(Root(), path));

    /// <summary>A part of a document as it stands there.</summary>
    /// <param name="path">The document, relative to the repository's root.</param>
    /// <param name="part">The part's name.</param>
    public static string Part(string path, string part)
    {
        var (_, text, from, to) = Find(path, part);
        return text[from..to];
    }

    private static (string File, string Text, int From, int To) Find(string path, string part)
    {
        var file = Path.Combine(Root(), path);
        var text = File.ReadAllText(file);
        var start = $"<!-- checked against the code: {part} -->\n";
        var from = text.IndexOf(start, StringComparison.Ordinal);
        var to = from < 0 ? -1 : text.IndexOf("<!-- end -->", from, StringComparison.Ordinal);
        Assert.True(to > 0, $"{path} has no part '{part}': expected {start.Trim()} and <!-- end --> behind it");
        return (file, text, from + start.Length, to);
    }

    private static string Root()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "FeatureService.sln")))
        {
            folder = folder.Parent ?? throw new InvalidOperationException($"no FeatureService.sln above {AppContext.BaseDirectory}");
        }

        return folder.FullName;
    }
}
