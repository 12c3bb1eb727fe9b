namespace FeatureService.Ingest.Inputs;

/// <summary>Cuts a CSV stream into blocks of whole records.</summary>
/// <param name="stream">The text, decompressed.</param>
/// <param name="path">The file, for messages.</param>
internal sealed class CsvSplitter(Stream stream, string path)
{
    private const int BlockBytes = 1 << 20;
    private const int RecordBytesMax = 1 << 26;

    private byte[] _rest = [];
    private long _line = 1;
    private bool _started;

    /// <summary>The next block; null at the end.</summary>
    /// <exception cref="InputException">A quote is not closed, or the text is no UTF-8.</exception>
    public CsvText? Next()
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
            var end = atEnd ? filled : EndOfRecords(buffer.AsSpan(start, filled - start)) + start;
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

    private CsvText Cut(byte[] buffer, int start, int end, int filled)
    {
        var block = new CsvText(buffer.AsMemory(start, end - start), _line);
        _line += block.Bytes.Span.Count((byte)'\n');
        _rest = buffer.AsSpan(end, filled - end).ToArray();
        _started = true;
        return block;
    }

    /// <summary>Length of the byte order mark that a file may start with.</summary>
    private int SkipMark(ReadOnlySpan<byte> text) => !_started && text.StartsWith("\uFEFF"u8) ? 3 : 0;

    /// <summary>Where the last whole record ends; 0 where none does.</summary>
    private static int EndOfRecords(ReadOnlySpan<byte> text)
    {
        var lastEnd = 0;
        var position = 0;
        while (true)
        {
            var quote = text[position..].IndexOf((byte)'"');
            var plain = quote < 0 ? text[position..] : text.Slice(position, quote);
            var newLine = plain.LastIndexOf((byte)'\n');
            lastEnd = newLine < 0 ? lastEnd : position + newLine + 1;
            if (quote < 0)
            {
                return lastEnd;
            }

            position += quote;
            var opens = position == 0 || text[position - 1] is (byte)',' or (byte)'\n';
            position++;
            if (opens && !SkipQuoted(text, ref position))
            {
                return lastEnd;
            }
        }
    }

    /// <summary>Moves behind the quote that closes; false where the text ends before.</summary>
    private static bool SkipQuoted(ReadOnlySpan<byte> text, ref int position)
    {
        while (true)
        {
            var quote = text[position..].IndexOf((byte)'"');
            if (quote < 0)
            {
                return false;
            }

            position += quote + 1;
            if (position == text.Length || text[position] != '"')
            {
                return true;
            }

            position++;
        }
    }
}
