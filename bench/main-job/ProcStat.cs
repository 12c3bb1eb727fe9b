using System.Globalization;

namespace FeatureService.Bench.MainJob;

/// <summary>What Linux tells of a process in /proc.</summary>
internal static class ProcStat
{
    // USER_HZ is 100 on every Linux that .NET runs on.
    private const double TicksPerSecond = 100;

    /// <summary>CPU seconds of a process that runs, user and system.</summary>
    public static double CpuSeconds(int processId) => (Field(processId, 14) + Field(processId, 15)) / TicksPerSecond;

    /// <summary>CPU seconds of this process's children that have ended.</summary>
    public static double EndedChildrenCpuSeconds() =>
        (Field(Environment.ProcessId, 16) + Field(Environment.ProcessId, 17)) / TicksPerSecond;

    /// <summary>Anonymous memory of a process, in bytes; 0 once it has ended.</summary>
    public static long AnonymousBytes(int processId)
    {
        try
        {
            var line = File.ReadLines($"/proc/{processId}/status").FirstOrDefault(l => l.StartsWith("RssAnon:", StringComparison.Ordinal));
            return line is null ? 0 : 1024 * long.Parse(line.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture);
        }
        catch (Exception exception) when (exception is FileNotFoundException or DirectoryNotFoundException or IOException)
        {
            return 0;
        }
    }

    /// <summary>A field of /proc/PID/stat by its number in proc(5), from 4 on.</summary>
    private static long Field(int processId, int number)
    {
        var text = File.ReadAllText($"/proc/{processId}/stat");
        // The name before may hold spaces and brackets; what follows its last bracket is field 3.
        var fields = text[(text.LastIndexOf(')') + 2)..].Split(' ');
        return long.Parse(fields[number - 3], CultureInfo.InvariantCulture);
    }
}
