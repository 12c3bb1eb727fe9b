using System.Globalization;
using System.Text;
using FeatureService.Client.Transport;

namespace FeatureService.Cli.CommandLine;

/// <summary>A view that is written on the command line, one <c>--feature NAME='EXPR'</c> for each feature.</summary>
internal sealed class InlineView
{
    /// <summary>The flag, which is also what the service is told to call the text in its messages.</summary>
    public const string Flag = "--feature";

    /// <summary>Lines of the text before the first feature's.</summary>
    private const int LinesBefore = 2;

    private readonly List<InlineFeature> _features = [];

    /// <summary>Reads the flags' values.</summary>
    /// <param name="arguments">Each <c>NAME=EXPR</c>.</param>
    /// <exception cref="CliException">A value has another form, or a name stands twice.</exception>
    public InlineView(IReadOnlyList<string> arguments)
    {
        var names = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        foreach (var argument in arguments)
        {
            var equals = argument.IndexOf('=', StringComparison.Ordinal);
            var name = equals < 0 ? "" : argument[..equals].Trim();
            if (name.Length == 0 || string.IsNullOrWhiteSpace(argument[(equals + 1)..]))
            {
                throw CliException.BadInput($"{Flag} {argument}: expected NAME='EXPR', such as rides_4w='count(rides) over 4w'");
            }

            if (!names.Add(name))
            {
                throw CliException.BadInput($"{Flag} {name}: the name stands twice: column names must differ, ignoring case");
            }

            _features.Add(new InlineFeature(name, argument[(equals + 1)..]));
        }
    }

    /// <summary>The view.</summary>
    public ViewReference Reference
    {
        get
        {
            var text = new StringBuilder("view: inline\nfeatures:\n");
            foreach (var feature in _features)
            {
                text.Append(feature.Line).Append('\n');
            }

            return ViewReference.OfText(text.ToString(), Flag);
        }
    }

    /// <summary>Errors of the view's text, told by flag, line and column of the expression as it was typed.</summary>
    /// <param name="refused">What the service said.</param>
    /// <returns>Null where the text is not what is wrong.</returns>
    public CliException? Explain(FeatureServiceException refused) =>
        refused.FieldViolations.Any(v => v.Field.StartsWith($"{Flag}:", StringComparison.Ordinal))
            ? CliException.BadInput(string.Join('\n', refused.FieldViolations.Select(v => $"{Place(v.Field)}: {v.Description}")))
            : null;

    private string Place(string field)
    {
        var parts = field.Split(':');
        return parts is [Flag, var line, var column]
            && int.TryParse(line, NumberStyles.None, CultureInfo.InvariantCulture, out var lineNumber)
            && int.TryParse(column, NumberStyles.None, CultureInfo.InvariantCulture, out var columnNumber)
            && lineNumber > LinesBefore && lineNumber <= LinesBefore + _features.Count
            ? $"{Flag} {_features[lineNumber - LinesBefore - 1].Place(columnNumber)}"
            : field;
    }
}
