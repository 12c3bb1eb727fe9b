using System.Globalization;

namespace FeatureService.Pipeline;

/// <summary>What the system says of this process's memory.</summary>
internal static class ProcessMemory
{
    private const string StatusFile = "/proc/self/status";
    private const string AnonymousLine = "RssAnon:";

    /// <summary>Resident bytes that belong to this process alone; mapped files are page cache, which belongs to whoever touched it first.</summary>
    /// <returns>The bytes; 0 where the system does not tell.</returns>
    public static long AnonymousBytes()
    {
        if (!File.Exists(StatusFile))
        {
            return 0;
        }

        // Such as "RssAnon:     68112 kB".
        var line = File.ReadLines(StatusFile).FirstOrDefault(l => l.StartsWith(AnonymousLine, StringComparison.Ordinal));
        return line is null ? 0 : long.Parse(line[AnonymousLine.Length..^"kB".Length].Trim(), CultureInfo.InvariantCulture) << 10;
    }
}
