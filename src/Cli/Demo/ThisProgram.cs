namespace FeatureService.Cli.Demo;

/// <summary>How this program is started again, as a process or by hand.</summary>
internal static class ThisProgram
{
    /// <summary>The file to start, and the arguments that come before the verb.</summary>
    public static (string File, string[] Arguments) Command
    {
        get
        {
            var file = Environment.ProcessPath ?? throw new InvalidOperationException("the process has no path");
            // Under `dotnet featurectl.dll` the process is dotnet's.
            return Path.GetFileNameWithoutExtension(file) == "dotnet" ? (file, [typeof(ThisProgram).Assembly.Location]) : (file, []);
        }
    }

    /// <summary>What a person types for it in the current directory.</summary>
    public static string Typed
    {
        get
        {
            var (file, arguments) = Command;
            return arguments.Length == 0 ? Shortest(file) : $"dotnet {Shortest(arguments[0])}";
        }
    }

    /// <summary>A path as it is typed in the current directory: relative where it lies below it, quoted where it must be.</summary>
    public static string Shortest(string path)
    {
        var relative = Path.GetRelativePath(Environment.CurrentDirectory, path);
        var shown = relative.StartsWith("..", StringComparison.Ordinal) ? Path.GetFullPath(path) : relative;
        return shown.Contains(' ', StringComparison.Ordinal) ? $"'{shown}'" : shown;
    }
}
