using System.Globalization;
using System.Text;

namespace FeatureService.Cli.CommandLine;

/// <summary>One feature of an <see cref="InlineView"/> as a line of YAML, and the way back from its columns to the expression.</summary>
internal sealed class InlineFeature
{
    private readonly string _name;
    private readonly string _expression;

    /// <summary>Column in <see cref="Line"/>, from 1, of each character of the expression, and behind them that of its end.</summary>
    private readonly int[] _columns;

    /// <summary>A feature.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="expression">Its definition.</param>
    public InlineFeature(string name, string expression)
    {
        _name = name;
        _expression = expression;
        var line = new StringBuilder("  \"");
        AppendQuoted(line, name);
        line.Append("\": \"");
        _columns = [.. AppendQuoted(line, expression)];
        Line = line.Append('"').ToString();
    }

    /// <summary>The feature as an entry of a YAML mapping, without a line end.</summary>
    public string Line { get; }

    /// <summary>A place of <see cref="Line"/> as <c>NAME:LINE:COLUMN</c> of the expression, or <c>NAME</c> alone where it lies before it.</summary>
    /// <param name="column">Column in <see cref="Line"/>, from 1.</param>
    public string Place(int column)
    {
        if (column < _columns[0])
        {
            return _name;
        }

        var found = Array.BinarySearch(_columns, column);
        var index = found >= 0 ? found : ~found - 1;
        var before = _expression.AsSpan(0, index);
        return string.Create(
            CultureInfo.InvariantCulture, $"{_name}:{before.Count('\n') + 1}:{index - before.LastIndexOf('\n')}");
    }

    /// <summary>Appends a text as YAML's double quotes want it: whatever is no plain printable character is escaped.</summary>
    /// <returns>Column of each character, and behind them that of the end.</returns>
    private static List<int> AppendQuoted(StringBuilder line, string text)
    {
        var columns = new List<int>(text.Length + 1);
        foreach (var unit in text)
        {
            columns.Add(line.Length + 1);
            if (unit is '"' or '\\')
            {
                line.Append('\\').Append(unit);
            }
            else if (char.IsControl(unit) || unit is '\u2028' or '\u2029' or '\uFEFF' or >= '\uFFFE')
            {
                line.Append(CultureInfo.InvariantCulture, $"\\u{(int)unit:X4}");
            }
            else
            {
                line.Append(unit);
            }
        }

        columns.Add(line.Length + 1);
        return columns;
    }
}
