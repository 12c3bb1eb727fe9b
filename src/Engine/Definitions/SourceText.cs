using System.Collections.Immutable;

namespace FeatureService.Engine.Definitions;

/// <summary>A file's text as written, and the errors found in it.</summary>
/// <param name="file">The file's name, for messages.</param>
/// <param name="text">The whole text; a byte order mark at its start counts for nothing.</param>
internal sealed class SourceText(string file, string text)
{
    private readonly List<(int Index, string Message)> _errors = [];
    private readonly List<int> _lineStarts = LineStarts(WithoutMark(text));

    /// <summary>The file's name, for messages.</summary>
    public string File => file;

    /// <summary>The whole text.</summary>
    public string Text { get; } = WithoutMark(text);

    /// <summary>Whether nothing is wrong so far.</summary>
    public bool IsGood => _errors.Count == 0;

    /// <summary>Whether so many errors were found that more are not looked for.</summary>
    public bool IsFull => _errors.Count >= Limits.DiagnosticsMax;

    /// <summary>Reports an error.</summary>
    /// <param name="index">Where in <see cref="Text"/>.</param>
    /// <param name="message">What is wrong and what was expected.</param>
    public void Report(int index, string message)
    {
        if (!IsFull)
        {
            _errors.Add((index, message));
        }
    }

    /// <summary>An index as line and column.</summary>
    /// <param name="index">Where in <see cref="Text"/>.</param>
    /// <param name="message">What stands there.</param>
    public Diagnostic At(int index, string message)
    {
        var found = _lineStarts.BinarySearch(index);
        var line = found >= 0 ? found : ~found - 1;
        return new Diagnostic(file, line + 1, index - _lineStarts[line] + 1, message);
    }

    /// <summary>The errors in the order of the text.</summary>
    public ImmutableArray<Diagnostic> Diagnostics()
    {
        var listed = _errors.OrderBy(error => error.Index).Select(error => At(error.Index, error.Message)).ToList();
        if (IsFull)
        {
            var more = $"the file has more errors than are listed: expected fewer than {Limits.DiagnosticsMax}";
            listed.Add(listed[^1] with { Message = more });
        }

        return [.. listed];
    }

    private static string WithoutMark(string text) => text.StartsWith('\uFEFF') ? text[1..] : text;

    private static List<int> LineStarts(string text)
    {
        var starts = new List<int> { 0 };
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] == '\n' || (text[i] == '\r' && (i + 1 == text.Length || text[i + 1] != '\n')))
            {
                starts.Add(i + 1);
            }
        }

        return starts;
    }
}
