using System.Diagnostics;
using System.Runtime.InteropServices;

namespace FeatureService.Bench.MainJob.Report;

/// <summary>How fast this machine writes fresh memory now: what the times of all who write much are measured against.</summary>
internal static unsafe class FillRate
{
    private const int Runs = 5;
    private const int Threads = 2;
    private const long BytesPerThread = 512L << 20;

    /// <summary>Gigabytes (10^9 bytes) a second, two threads, the median of five.</summary>
    public static double GigabytesPerSecond()
    {
        var rates = new double[Runs];
        for (var run = 0; run < Runs; run++)
        {
            var started = Stopwatch.GetTimestamp();
            Parallel.For(0, Threads, new ParallelOptions { MaxDegreeOfParallelism = Threads }, _ => FillFresh());
            rates[run] = Threads * BytesPerThread / Stopwatch.GetElapsedTime(started).TotalSeconds / 1e9;
        }

        return rates.Order().ElementAt(Runs / 2);
    }

    /// <summary>Memory of this size comes from the kernel untouched and goes back to it, so each fill pays for its pages.</summary>
    private static void FillFresh()
    {
        var memory = NativeMemory.Alloc((nuint)BytesPerThread);
        new Span<byte>(memory, (int)BytesPerThread).Fill(1);
        NativeMemory.Free(memory);
    }
}
