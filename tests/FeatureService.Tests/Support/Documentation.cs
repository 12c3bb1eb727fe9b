namespace FeatureService.Tests.Support;

/// <summary>The repository's documents, as they lie on disk.</summary>
internal static class Documentation
{
    public static string[] Lines(string file)
    {
        var folder = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(folder, "FeatureService.sln")))
        {
            folder = Path.GetDirectoryName(folder) ?? throw new DirectoryNotFoundException("the tests do not run inside the repository");
        }

        return File.ReadAllLines(Path.Combine(folder, file));
    }
}
