using ZstdSharp;

namespace FeatureService.Parquet.Pages;

/// <summary>Compresses pages.</summary>
/// <param name="compression">How.</param>
internal sealed class PageCodec(ParquetCompression compression) : IDisposable
{
    /// <summary>Higher levels take twice the time for a tenth of the size, lower ones a fifth more size for a tenth of the time.</summary>
    private const int ZstdLevel = 1;

    private readonly Compressor? _zstd = compression == ParquetCompression.Zstd ? new Compressor(ZstdLevel) : null;
    private readonly SnappyEncoder? _snappy = compression == ParquetCompression.Snappy ? new SnappyEncoder() : null;

    /// <summary>The format's <c>CompressionCodec</c>.</summary>
    public int Number => compression switch
    {
        ParquetCompression.Snappy => 1,
        ParquetCompression.None => 0,
        _ => 6,
    };

    /// <summary>Appends a page's bytes.</summary>
    /// <param name="page">The page.</param>
    /// <param name="output">Where they go.</param>
    /// <returns>How many.</returns>
    public int Append(ReadOnlySpan<byte> page, PageBuffer output)
    {
        var before = output.Length;
        if (_zstd is not null)
        {
            output.Advance(_zstd.Wrap(page, output.Room(Compressor.GetCompressBound(page.Length))));
        }
        else if (_snappy is not null)
        {
            output.Advance(_snappy.Encode(page, output.Room(SnappyEncoder.LengthMax(page.Length))));
        }
        else
        {
            output.Append(page);
        }

        return output.Length - before;
    }

    /// <inheritdoc/>
    public void Dispose() => _zstd?.Dispose();
}
