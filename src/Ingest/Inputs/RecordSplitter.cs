namespace FeatureService.Ingest.Inputs;

/// <summary>Where the last whole record of a text ends; 0 where none does.</summary>
/// <param name="text">Text from the start of a record.</param>
internal delegate int RecordEnd(ReadOnlySpan<byte> text);

/// <summary>Cuts a stream of text into blocks of whole records.</summary>
/// <param name="stream">The text, decompressed.</param>
/// <param name="path">The file, for messages.</param>
/// <param name="endOfRecords">Where records end.</param>
internal sealed class RecordSplitter(Stream stream, string path, RecordEnd endOfRecords)
{
    private const int BlockBytes = 1 << 20;
    private const int RecordBytesMax = 1 << 26;

    private byte[] _rest = [];
    private long _line = 1;
    private bool _started;

    /// <summary>The next block; null at the end.</summary>
    /// <exception cref="InputException">A record has no end.</exception>
    public TextBlock? Next()
    {
        var buffer = new byte[BlockBytes + _rest.Length];
        _rest.CopyTo(buffer, 0);
        var filled = _rest.Length;
        while (true)
        {
            var read = stream.ReadAtLeast(buffer.AsSpan(filled), buffer.Length - filled, throwOnEndOfStream: false);
            var atEnd = read < buffer.Length - filled;
            filled += read;
            var start = SkipMark(buffer.AsSpan(0, filled));
            var end = atEnd ? filled : endOfRecords(buffer.AsSpan(start, filled - start)) + start;
            if (end > start)
            {
                return Cut(buffer, start, end, filled);
            }

            if (atEnd)
            {
                return null;
            }

            if (buffer.Length >= RecordBytesMax)
            {
                throw new InputException($"{path}:{_line}: a record of more than {RecordBytesMax} bytes: is a quote not closed?");
            }

            Array.Resize(ref buffer, buffer.Length * 2);
        }
    }

    private TextBlock Cut(byte[] buffer, int start, int end, int filled)
    {
        var block = new TextBlock(buffer.AsMemory(start, end - start), _line);
        _line += block.Bytes.Span.Count((byte)'\n');
        _rest = buffer.AsSpan(end, filled - end).ToArray();
        _started = true;
        return block;
    }

    /// <summary>Length of the byte order mark that a file may start with.</summary>
    private int SkipMark(ReadOnlySpan<byte> text) => !_started && text.StartsWith("\uFEFF"u8) ? 3 : 0;
}

/// <summary>Whole records of a text file.</summary>
/// <param name="Bytes">Their bytes.</param>
/// <param name="FirstLine">Line of the first, from 1.</param>
internal readonly record struct TextBlock(ReadOnlyMemory<byte> Bytes, long FirstLine);
