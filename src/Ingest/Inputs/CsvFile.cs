using System.Collections.Immutable;
using System.IO.Compression;
using System.Text;

namespace FeatureService.Ingest.Inputs;

/// <summary>A CSV file: a header, commas, quotes doubled inside, UTF-8; plain or gzip.</summary>
internal sealed class CsvFile : InputFile
{
    private CsvFile(string path, ImmutableArray<InputColumn> columns)
        : base(path) => Columns = columns;

    /// <inheritdoc/>
    public override ImmutableArray<InputColumn> Columns { get; }

    /// <summary>Reads the header.</summary>
    /// <exception cref="InputException">The file cannot be read or has no header.</exception>
    public static CsvFile Open(string path)
    {
        using var blocks = ReadBlocks(path).GetEnumerator();
        if (!blocks.MoveNext())
        {
            throw new InputException($"{path}: the file is empty: expected a header");
        }

        var header = new CsvRecords(blocks.Current.Bytes.Span, blocks.Current.FirstLine);
        var fields = new List<string>();
        header.Next();
        while (header.NextField(out var field))
        {
            fields.Add(Encoding.UTF8.GetString(field));
        }

        return new CsvFile(path, [.. fields.Select(name => new InputColumn(name, InputKind.Untyped, "text"))]);
    }

    /// <inheritdoc/>
    public override IEnumerable<InputBlock> Blocks(SourceSchema schema) => TextBlocks().Select(block => new CsvBlock(this, schema, block));

    /// <summary>The file's text behind the header, cut between records.</summary>
    public IEnumerable<CsvText> TextBlocks()
    {
        foreach (var (block, index) in ReadBlocks(Path).Select((block, index) => (block, index)))
        {
            yield return index == 0 ? WithoutHeader(block) : block;
        }
    }

    private static CsvText WithoutHeader(CsvText block)
    {
        var records = new CsvRecords(block.Bytes.Span, block.FirstLine);
        records.Next();
        while (records.NextField(out _))
        {
            // Only where the header ends is of interest.
        }

        return new CsvText(block.Bytes[records.Position..], records.NextLine);
    }

    private static IEnumerable<CsvText> ReadBlocks(string path)
    {
        using var stream = OpenStream(path);
        var splitter = new CsvSplitter(stream, path);
        while (Next(splitter, path) is { } block)
        {
            yield return block;
        }
    }

    private static CsvText? Next(CsvSplitter splitter, string path)
    {
        try
        {
            return splitter.Next();
        }
        catch (Exception error) when (error is IOException or InvalidDataException)
        {
            throw new InputException($"{path}: cannot read it: {error.Message}", error);
        }
    }

    private static Stream OpenStream(string path)
    {
        try
        {
            var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, 1 << 16, FileOptions.SequentialScan);
            return path.EndsWith(".gz", StringComparison.OrdinalIgnoreCase) ? new GZipStream(file, CompressionMode.Decompress) : file;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new InputException($"{path}: cannot read it: {error.Message}", error);
        }
    }
}

/// <summary>Whole records of a CSV file.</summary>
/// <param name="Bytes">Their bytes.</param>
/// <param name="FirstLine">Line of the first, from 1.</param>
internal readonly record struct CsvText(ReadOnlyMemory<byte> Bytes, long FirstLine);
