using ZstdSharp;

namespace FeatureService.Ingest.Inputs;

/// <summary>Reads files of text: plain, <c>.gz</c> or <c>.zst</c>.</summary>
internal static class TextFile
{
    /// <summary>The file's text, cut between records.</summary>
    /// <param name="path">The file.</param>
    /// <param name="endOfRecords">Where records end.</param>
    /// <exception cref="InputException">The file cannot be read or is damaged.</exception>
    public static IEnumerable<TextBlock> Blocks(string path, RecordEnd endOfRecords)
    {
        using var stream = OpenStream(path);
        var splitter = new RecordSplitter(stream, path, endOfRecords);
        while (Next(splitter, path) is { } block)
        {
            yield return block;
        }
    }

    private static TextBlock? Next(RecordSplitter splitter, string path)
    {
        try
        {
            return splitter.Next();
        }
        catch (Exception error) when (error is IOException or InvalidDataException or ZstdException)
        {
            throw new InputException($"{path}: cannot read it: {error.Message}", error);
        }
    }

    private static Stream OpenStream(string path)
    {
        try
        {
            var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, 1 << 16, FileOptions.SequentialScan);
            return path.EndsWith(".gz", StringComparison.OrdinalIgnoreCase) ? new GzipText(file)
                : path.EndsWith(".zst", StringComparison.OrdinalIgnoreCase) ? new DecompressionStream(file, leaveOpen: false)
                : file;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new InputException($"{path}: cannot read it: {error.Message}", error);
        }
    }
}
