namespace FeatureService.Testing;

/// <summary>A new empty folder that is removed with all that is in it when the test ends.</summary>
public sealed class TempFolder : IDisposable
{
    /// <summary>Full path of the folder.</summary>
    public string Path { get; } = Directory.CreateTempSubdirectory("features-test-").FullName;

    /// <summary>Full path of something in the folder.</summary>
    /// <param name="name">Its path inside the folder.</param>
    public string this[string name] => System.IO.Path.Combine(Path, name);

    /// <summary>Writes a text file, with the folders it needs.</summary>
    /// <param name="name">Its path inside the folder.</param>
    /// <param name="text">The text.</param>
    /// <returns>The file's full path.</returns>
    public string Write(string name, string text)
    {
        var file = this[name];
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(file)!);
        File.WriteAllText(file, text);
        return file;
    }

    /// <inheritdoc/>
    public void Dispose() => Directory.Delete(Path, recursive: true);
}
