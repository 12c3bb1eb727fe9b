using System.Text;
using System.Threading.Channels;

namespace FeatureService.Cli.Tests;

/// <summary>What a running command prints, line by line as it comes.</summary>
internal sealed class LineWriter : TextWriter
{
    private readonly Channel<string> _lines = Channel.CreateUnbounded<string>();
    private readonly StringBuilder _line = new();

    public LineWriter() => NewLine = "\n";

    public override Encoding Encoding => Encoding.UTF8;

    /// <summary>Lines that nobody has read.</summary>
    public int UnreadCount => _lines.Reader.Count;

    public override void Write(char value)
    {
        if (value != '\n')
        {
            _line.Append(value);
            return;
        }

        _lines.Writer.TryWrite(_line.ToString());
        _line.Clear();
    }

    /// <summary>Waits for the next line.</summary>
    public async Task<string> NextAsync() => await _lines.Reader.ReadAsync(TestContext.Current.CancellationToken);
}
