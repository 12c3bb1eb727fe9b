using System.CommandLine;
using System.Globalization;
using FeatureService.Hosting;
using FeatureService.Ingest;

namespace FeatureService.Cli.CommandLine;

/// <summary>The memory of a process that builds a snapshot.</summary>
/// <param name="Text">What the caller asked for; null for the default.</param>
/// <param name="Bytes">Anonymous memory of the process.</param>
internal sealed record BuildMemory(string? Text, long Bytes)
{
    /// <summary>
    /// What the runtime, its compiled code and the libraries that read files take beside what the build counts: measured with builds of
    /// 16 and 160 million events, the collector's room among it.
    /// </summary>
    public const long OverheadBytes = 128_000_000;

    /// <summary>Bytes for what the build counts.</summary>
    public long EventBytes => Math.Max(0, Bytes - OverheadBytes);

    /// <summary>The option.</summary>
    public static Option<string?> Option() => new("--memory")
    {
        Description = "Most memory of the build, as 1GB or 512MiB; events beyond it go to temporary files in the snapshot's folder. "
            + "Default half of the container's memory, or two thirds of the machine's.",
        HelpName = "SIZE",
    };

    /// <summary>Reads the option.</summary>
    /// <param name="text">Its text; null for the default.</param>
    /// <exception cref="CliException">The text is no size.</exception>
    public static BuildMemory Of(string? text)
    {
        if (text is null)
        {
            // Of a container's limit .NET lets its collector have three quarters, of a machine's memory all.
            return new BuildMemory(null, GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / 3 * 2);
        }

        return SizeText.TryParse(text, out var bytes)
            ? new BuildMemory(text, bytes)
            : throw CliException.BadInput($"--memory {text}: expected a size, {SizeText.Expected}");
    }

    /// <summary>The error of a build that needs more.</summary>
    public CliException TooSmall(MemoryException error)
    {
        var needed = (error.NeededBytes + OverheadBytes + 999_999) / 1_000_000;
        var given = Text is null ? string.Create(CultureInfo.InvariantCulture, $"the default of {Bytes / 1_000_000}MB") : Text;
        return CliException.BadInput(string.Create(
            CultureInfo.InvariantCulture, $"--memory {given}: expected at least {needed}MB, for {error.What}"));
    }
}
