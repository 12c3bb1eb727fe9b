using System.Buffers;
using FeatureService.Ingest.Writing;
using Microsoft.Win32.SafeHandles;

namespace FeatureService.Ingest.Storing;

/// <summary>The temporary file of a source's events that did not fit in memory; it is gone once it is closed.</summary>
/// <param name="path">The file; made new by the first run.</param>
/// <param name="layout">How events lie.</param>
internal sealed class SpillFile(string path, EventLayout layout) : IDisposable
{
    /// <summary>Bytes that a thread gathers before it writes them.</summary>
    public const int BufferBytes = 1 << 18;

    private SafeFileHandle? _file;
    private long _length;

    /// <summary>Bytes of the file.</summary>
    public long Length => _length;

    /// <summary>Writes runs as one: bucket after bucket, those of a bucket in the order of the runs.</summary>
    /// <param name="runs">The runs.</param>
    /// <exception cref="IOException">The disk is full or cannot be written.</exception>
    public SpilledRun Write(IReadOnlyList<MemoryRun> runs)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        var file = _file ??= File.OpenHandle(path, FileMode.CreateNew, FileAccess.ReadWrite, FileShare.None, FileOptions.DeleteOnClose);
        var index = Merge(runs);
        var offsets = new long[layout.Widths.Length];
        for (var field = 0; field < offsets.Length; field++)
        {
            offsets[field] = runs.Any(run => run.Has(field)) ? _length : -1;
            _length += offsets[field] < 0 ? 0 : (long)index.Starts[^1] * layout.Widths[field];
        }

        Concurrently.Run(offsets.Length, offsets.Length, field =>
        {
            if (offsets[field] >= 0)
            {
                WriteField(file, runs, field, offsets[field]);
            }
        });
        return new SpilledRun(index, file, offsets);
    }

    /// <inheritdoc/>
    public void Dispose() => _file?.Dispose();

    private static BucketIndex Merge(IReadOnlyList<MemoryRun> runs)
    {
        var counts = new int[BucketIndex.Count];
        foreach (var run in runs)
        {
            for (var i = 0; i < run.Index.Buckets.Length; i++)
            {
                counts[run.Index.Buckets[i]] += run.Index.Starts[i + 1] - run.Index.Starts[i];
            }
        }

        ushort[] buckets = [.. counts.Index().Where(count => count.Item > 0).Select(count => (ushort)count.Index)];
        var starts = new int[buckets.Length + 1];
        for (var i = 0; i < buckets.Length; i++)
        {
            starts[i + 1] = checked(starts[i] + counts[buckets[i]]);
        }

        return new BucketIndex(buckets, starts);
    }

    private void WriteField(SafeFileHandle file, IReadOnlyList<MemoryRun> runs, int field, long offset)
    {
        var width = layout.Widths[field];
        var buffer = ArrayPool<byte>.Shared.Rent(BufferBytes);
        try
        {
            var filled = 0;
            var next = new int[runs.Count];
            for (var bucket = 0; bucket < BucketIndex.Count; bucket++)
            {
                for (var r = 0; r < next.Length; r++)
                {
                    var (run, i) = (runs[r], next[r]);
                    if (i == run.Index.Buckets.Length || run.Index.Buckets[i] != bucket)
                    {
                        continue;
                    }

                    next[r]++;
                    for (var e = run.Index.Starts[i]; e < run.Index.Starts[i + 1];)
                    {
                        if (filled + width > BufferBytes)
                        {
                            FileWrites.At(file, path, buffer.AsSpan(0, filled), offset);
                            (offset, filled) = (offset + filled, 0);
                        }

                        var count = Math.Min(run.Index.Starts[i + 1] - e, (BufferBytes - filled) / width);
                        Copy(run, field, width, e, buffer.AsSpan(filled, count * width));
                        (e, filled) = (e + count, filled + (count * width));
                    }
                }
            }

            FileWrites.At(file, path, buffer.AsSpan(0, filled), offset);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    /// <summary>Copies values; where a run does not say which are there, all are.</summary>
    private static void Copy(MemoryRun run, int field, int width, int start, Span<byte> target)
    {
        if (run.Has(field))
        {
            run.Read(field, width, start, target.Length / width, default).CopyTo(target);
        }
        else
        {
            target.Fill(1);
        }
    }
}
