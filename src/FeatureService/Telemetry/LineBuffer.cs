using System.Globalization;
using System.Text;

namespace FeatureService.Telemetry;

/// <summary>Lines of a log in UTF-8.</summary>
internal sealed class LineBuffer
{
    /// <summary>A time, a level and an id with what stands between them.</summary>
    private const int FixedBytesMax = 64;

    private byte[] _bytes = new byte[4096];
    private int _length;

    /// <summary>The lines.</summary>
    public ReadOnlySpan<byte> Bytes => _bytes.AsSpan(0, _length);

    /// <summary>Forgets them.</summary>
    public void Clear() => _length = 0;

    /// <summary>Adds a line: <c>2026-03-04T10:11:12.345Z info: Category[0] message</c>, line ends within it being spaces.</summary>
    public void Add(DateTimeOffset time, LogLevel level, string category, EventId id, string message, Exception? exception)
    {
        MakeRoom(FixedBytesMax);
        time.UtcDateTime.TryFormat(_bytes.AsSpan(_length), out var written, "yyyy-MM-ddTHH:mm:ss.fff", CultureInfo.InvariantCulture);
        _length += written;
        Append(level switch
        {
            LogLevel.Trace => "Z trce: ",
            LogLevel.Debug => "Z dbug: ",
            LogLevel.Information => "Z info: ",
            LogLevel.Warning => "Z warn: ",
            LogLevel.Error => "Z fail: ",
            _ => "Z crit: ",
        });
        Append(category);
        MakeRoom(FixedBytesMax);
        _bytes[_length++] = (byte)'[';
        id.Id.TryFormat(_bytes.AsSpan(_length), out written, provider: CultureInfo.InvariantCulture);
        _length += written;
        Append("] ");
        AppendOneLine(message);
        if (exception is not null)
        {
            Append(" ");
            AppendOneLine(exception.ToString());
        }

        Append("\n");
    }

    private void AppendOneLine(string text) =>
        Append(text.AsSpan().ContainsAny('\r', '\n') ? text.ReplaceLineEndings(" ") : text);

    private void Append(string text)
    {
        MakeRoom(Encoding.UTF8.GetMaxByteCount(text.Length));
        _length += Encoding.UTF8.GetBytes(text, _bytes.AsSpan(_length));
    }

    private void MakeRoom(int bytes)
    {
        if (_bytes.Length - _length < bytes)
        {
            Array.Resize(ref _bytes, Math.Max(_bytes.Length * 2, _length + bytes));
        }
    }
}
