using System.Diagnostics;
using System.Runtime.InteropServices;

namespace FeatureService.Bench.MainJob.Report;

/// <summary>How fast two threads of this machine write memory now: what the times of all who write much are measured against.</summary>
internal static unsafe class FillRate
{
    private const int Runs = 5;
    private const int Threads = 2;
    private const int BytesPerThread = 512 << 20;
    private const int HugePageBytes = 2 << 20;

    /// <summary>MADV_HUGEPAGE of Linux.</summary>
    private const int AdviseHugePages = 14;

    /// <summary>Gigabytes (10^9 bytes) a second into memory that the kernel has just given, its page faults included; the median of five.</summary>
    public static double GigabytesPerSecond() => Median(() => AtOnce(_ => FillFresh()));

    /// <summary>The same where the kernel is asked for pages of 2 MB: a page fault for each of these, not for each 4 KB.</summary>
    public static double HugePagesGigabytesPerSecond() => Median(() => AtOnce(_ => FillHuge()));

    /// <summary>The same into memory that has been written before, over and over: no page faults.</summary>
    /// <param name="bytesPerThread">Memory of each thread: what fits a cache is written faster. Default: far more than any cache.</param>
    public static double ReusedGigabytesPerSecond(int bytesPerThread = BytesPerThread)
    {
        var memory = new nint[Threads];
        AtOnce(thread => memory[thread] = FillFirst(bytesPerThread));
        var rate = Median(() => AtOnce(thread => FillAgain(memory[thread], bytesPerThread)));
        Array.ForEach(memory, start => NativeMemory.Free((void*)start));
        return rate;
    }

    private static double Median(Action fill)
    {
        var rates = new double[Runs];
        for (var run = 0; run < Runs; run++)
        {
            var started = Stopwatch.GetTimestamp();
            fill();
            rates[run] = (long)Threads * BytesPerThread / Stopwatch.GetElapsedTime(started).TotalSeconds / 1e9;
        }

        return rates.Order().ElementAt(Runs / 2);
    }

    private static void AtOnce(Action<int> work) => Parallel.For(0, Threads, new ParallelOptions { MaxDegreeOfParallelism = Threads }, work);

    /// <summary>Memory of this size comes from the kernel untouched and goes back to it, so each fill pays for its pages.</summary>
    private static void FillFresh() => NativeMemory.Free((void*)FillFirst(BytesPerThread));

    private static void FillHuge()
    {
        var memory = NativeMemory.AlignedAlloc(BytesPerThread, HugePageBytes);
        if (Advise(memory, BytesPerThread, AdviseHugePages) != 0)
        {
            throw new NotSupportedException("this kernel has no huge pages on request");
        }

        new Span<byte>(memory, BytesPerThread).Fill(1);
        NativeMemory.AlignedFree(memory);
    }

    [DllImport("libc", EntryPoint = "madvise")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Advise(void* start, nuint length, int advice);

    private static nint FillFirst(int bytes)
    {
        var memory = NativeMemory.Alloc((nuint)bytes);
        new Span<byte>(memory, bytes).Fill(1);
        return (nint)memory;
    }

    private static void FillAgain(nint memory, int bytes)
    {
        for (var done = 0; done < BytesPerThread; done += bytes)
        {
            new Span<byte>((void*)memory, Math.Min(bytes, BytesPerThread - done)).Fill(2);
        }
    }
}
