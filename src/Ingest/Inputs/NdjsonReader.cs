using System.Text.Json;

namespace FeatureService.Ingest.Inputs;

/// <summary>Walks the keys and values of one JSON object.</summary>
internal ref struct NdjsonReader
{
    private Utf8JsonReader _reader;
    private bool _started;

    /// <summary>A walk.</summary>
    /// <param name="line">The object.</param>
    public NdjsonReader(ReadOnlySpan<byte> line) => _reader = new Utf8JsonReader(line);

    /// <summary>The key, escapes undone.</summary>
    public ReadOnlySpan<byte> Key { get; private set; }

    /// <summary>What the value is.</summary>
    public JsonTokenType Kind { get; private set; }

    /// <summary>The value as text, escapes undone; empty where it is null, an object or an array.</summary>
    public ReadOnlySpan<byte> Value { get; private set; }

    /// <summary>Moves to the next key.</summary>
    /// <exception cref="JsonException">The line is no JSON object.</exception>
    public bool Next()
    {
        if (!_started)
        {
            _started = true;
            if (!_reader.Read() || _reader.TokenType != JsonTokenType.StartObject)
            {
                throw new JsonException("expected an object");
            }
        }

        _reader.Read();
        if (_reader.TokenType == JsonTokenType.EndObject)
        {
            // Whatever stands behind the object is an error of the reader's.
            _reader.Read();
            return false;
        }

        Key = Text();
        _reader.Read();
        Kind = _reader.TokenType;
        if (Kind is JsonTokenType.StartObject or JsonTokenType.StartArray)
        {
            _reader.Skip();
            Value = default;
        }
        else
        {
            Value = Kind == JsonTokenType.Null ? default : Text();
        }

        return true;
    }

    private readonly ReadOnlySpan<byte> Text()
    {
        if (!_reader.ValueIsEscaped)
        {
            return _reader.ValueSpan;
        }

        try
        {
            var text = new byte[_reader.ValueSpan.Length];
            return text.AsSpan(0, _reader.CopyString(text));
        }
        catch (InvalidOperationException error)
        {
            throw new JsonException("expected whole pairs of surrogates", error);
        }
    }
}

/// <summary>Walks the lines of a text that are not empty.</summary>
/// <param name="text">Whole lines.</param>
/// <param name="firstLine">Number of the first, from 1.</param>
internal ref struct NdjsonLines(ReadOnlySpan<byte> text, long firstLine)
{
    private ReadOnlySpan<byte> _rest = text;
    private long _next = firstLine;

    /// <summary>Number of the current line.</summary>
    public long Line { get; private set; }

    /// <summary>Moves to the next line that is not empty.</summary>
    /// <param name="line">The line without its end.</param>
    public bool Next(out ReadOnlySpan<byte> line)
    {
        while (!_rest.IsEmpty)
        {
            var end = _rest.IndexOf((byte)'\n');
            line = (end < 0 ? _rest : _rest[..end]).Trim(" \t\r"u8);
            _rest = end < 0 ? default : _rest[(end + 1)..];
            Line = _next++;
            if (!line.IsEmpty)
            {
                return true;
            }
        }

        line = default;
        return false;
    }
}
