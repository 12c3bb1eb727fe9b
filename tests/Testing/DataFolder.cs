namespace FeatureService.Testing;

/// <summary>The folder of real data, which is not part of the repository.</summary>
public static class DataFolder
{
    /// <summary>The environment variable that names the folder.</summary>
    public const string Variable = "FEATURES_DATA";

    /// <summary>Full path of something in the folder; skips the test where the folder is not given.</summary>
    /// <param name="name">Its path inside the folder.</param>
    public static string Require(string name)
    {
        var folder = Environment.GetEnvironmentVariable(Variable);
        Assert.SkipWhen(string.IsNullOrEmpty(folder), $"{Variable} is not set: it names the folder of real data");
        var path = Path.Combine(folder!, name);
        Assert.True(File.Exists(path) || Directory.Exists(path), $"{Variable} is set, but there is no {path}");
        return path;
    }
}
