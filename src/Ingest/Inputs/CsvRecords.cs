namespace FeatureService.Ingest.Inputs;

/// <summary>Walks the records and fields of CSV text.</summary>
/// <param name="text">Whole records: only at the end of a file can a quote be left open.</param>
/// <param name="firstLine">Line of the first, from 1.</param>
/// <param name="file">The file, for messages.</param>
internal ref struct CsvRecords(ReadOnlySpan<byte> text, long firstLine, string file)
{
    private readonly ReadOnlySpan<byte> _text = text;
    private bool _more;

    /// <summary>Bytes walked.</summary>
    public int Position { get; private set; }

    /// <summary>Line of the current record.</summary>
    public long Line { get; private set; } = firstLine;

    /// <summary>Line behind what was walked.</summary>
    public long NextLine { get; private set; } = firstLine;

    /// <summary>Whether text stands behind the closing quote of a field of the record.</summary>
    public bool IsBroken { get; private set; }

    /// <summary>Moves to the next record that is not an empty line.</summary>
    public bool Next()
    {
        while (Position < _text.Length && (_text[Position] == '\n' || (_text[Position] == '\r' && Position + 1 < _text.Length && _text[Position + 1] == '\n')))
        {
            Position += _text[Position] == '\n' ? 1 : 2;
            NextLine++;
        }

        Line = NextLine;
        IsBroken = false;
        return _more = Position < _text.Length;
    }

    /// <summary>Moves to the next field of the record.</summary>
    /// <param name="field">Its content, without quotes.</param>
    /// <exception cref="InputException">A quote is not closed: whatever follows it is no field, nor a row that could be left out.</exception>
    public bool NextField(out ReadOnlySpan<byte> field)
    {
        field = default;
        if (!_more)
        {
            return false;
        }

        if (Position < _text.Length && _text[Position] == '"')
        {
            field = Quoted();
        }
        else
        {
            var rest = _text[Position..];
            var end = rest.IndexOfAny((byte)',', (byte)'\n');
            field = end < 0 ? rest : rest[..end];
            Position += field.Length;
            if ((end < 0 || rest[end] == '\n') && field.Length > 0 && field[^1] == '\r')
            {
                field = field[..^1];
            }
        }

        EndField();
        return true;
    }

    private void EndField()
    {
        if (Position < _text.Length && _text[Position] == '\r' && Position + 1 < _text.Length && _text[Position + 1] == '\n')
        {
            Position++;
        }

        _more = Position < _text.Length && _text[Position] == ',';
        if (Position < _text.Length && _text[Position] == '\n')
        {
            NextLine++;
        }

        if (Position < _text.Length)
        {
            Position++;
        }
    }

    private ReadOnlySpan<byte> Quoted()
    {
        var start = ++Position;
        var doubled = false;
        while (true)
        {
            var quote = _text[Position..].IndexOf((byte)'"');
            if (quote < 0)
            {
                throw Unclosed();
            }

            Position += quote + 1;
            if (Position < _text.Length && _text[Position] == '"')
            {
                doubled = true;
                Position++;
                continue;
            }

            break;
        }

        var content = _text[start..(Position - 1)];
        NextLine += content.Count((byte)'\n');
        if (Position < _text.Length && _text[Position] is not ((byte)',' or (byte)'\n' or (byte)'\r'))
        {
            // Text behind the closing quote belongs to no field.
            IsBroken = true;
            var end = _text[Position..].IndexOfAny((byte)',', (byte)'\n');
            Position = end < 0 ? _text.Length : Position + end;
        }

        return doubled ? Undouble(content) : content;
    }

    /// <summary>The lines of the fields before are walked, so the next one is that on which the quote opens.</summary>
    private readonly InputException Unclosed() => new(string.Create(
        System.Globalization.CultureInfo.InvariantCulture,
        $"{file}:{NextLine}: a quote opens a field and is not closed up to the end of the file: expected a closing quote, and quotes inside a field doubled"));

    private static byte[] Undouble(ReadOnlySpan<byte> content)
    {
        var bytes = new List<byte>(content.Length);
        for (var i = 0; i < content.Length; i++)
        {
            bytes.Add(content[i]);
            i += content[i] == '"' ? 1 : 0;
        }

        return [.. bytes];
    }
}
