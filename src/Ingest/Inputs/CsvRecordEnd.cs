namespace FeatureService.Ingest.Inputs;

/// <summary>Finds where records of CSV end: at a line's end outside of quotes.</summary>
internal static class CsvRecordEnd
{
    /// <summary>Where the last whole record of a text ends; 0 where none does.</summary>
    public static int Find(ReadOnlySpan<byte> text)
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
