using Microsoft.Win32.SafeHandles;

namespace FeatureService.Ingest.Storing;

/// <summary>Events of one source in the order of buckets, those of a bucket in the order of the input.</summary>
/// <param name="index">Where the buckets lie.</param>
internal abstract class EventRun(BucketIndex index)
{
    /// <summary>Where the buckets lie.</summary>
    public BucketIndex Index => index;

    /// <summary>Number of events.</summary>
    public int Count => index.Starts[^1];

    /// <summary>Whether the run has a field.</summary>
    public abstract bool Has(int field);

    /// <summary>Values of a field.</summary>
    /// <param name="field">The field.</param>
    /// <param name="width">Bytes of each value.</param>
    /// <param name="start">The first event.</param>
    /// <param name="count">Number of events.</param>
    /// <param name="scratch">Room for the values, which they need not be in.</param>
    /// <exception cref="IOException">They cannot be read.</exception>
    public abstract ReadOnlySpan<byte> Read(int field, int width, int start, int count, Span<byte> scratch);
}

/// <summary>A run in memory.</summary>
/// <param name="index">Where the buckets lie.</param>
/// <param name="fields">Where each field lies; null where the run has none.</param>
internal sealed unsafe class MemoryRun(BucketIndex index, byte*[] fields) : EventRun(index)
{
    /// <inheritdoc/>
    public override bool Has(int field) => fields[field] is not null;

    /// <summary>All values of a field, to be filled.</summary>
    /// <param name="field">The field.</param>
    /// <typeparam name="T">A type of the field's width.</typeparam>
    public Span<T> Values<T>(int field)
        where T : unmanaged => new(fields[field], Count);

    /// <inheritdoc/>
    public override ReadOnlySpan<byte> Read(int field, int width, int start, int count, Span<byte> scratch) =>
        new(fields[field] + ((long)start * width), count * width);
}

/// <summary>A run in a file.</summary>
/// <param name="index">Where the buckets lie.</param>
/// <param name="file">The file.</param>
/// <param name="offsets">Where each field lies; -1 where the run has none.</param>
internal sealed class SpilledRun(BucketIndex index, SafeFileHandle file, long[] offsets) : EventRun(index)
{
    /// <inheritdoc/>
    public override bool Has(int field) => offsets[field] >= 0;

    /// <inheritdoc/>
    public override ReadOnlySpan<byte> Read(int field, int width, int start, int count, Span<byte> scratch)
    {
        scratch = scratch[..(count * width)];
        var offset = offsets[field] + ((long)start * width);
        for (var filled = 0; filled < scratch.Length;)
        {
            var read = RandomAccess.Read(file, scratch[filled..], offset + filled);
            filled += read > 0 ? read : throw new IOException("a temporary file of the build was cut while it was read");
        }

        return scratch;
    }
}
