using System.CommandLine;
using FeatureService.Client.Transport;

namespace FeatureService.Cli.CommandLine;

/// <summary>Which view and what of it: <c>--view NAME</c>, <c>--file FILE</c> or <c>--feature NAME='EXPR'</c>, and <c>--columns LIST</c>.</summary>
internal sealed class ViewOptions
{
    private readonly Option<string> _view = new("--view")
    {
        Description = "A published view, team/view or team/view@version; the team may be left out where one team has that view.",
        HelpName = "NAME",
    };

    private readonly Option<string> _file = new("--file") { Description = "A view file; nothing needs to be published.", HelpName = "FILE" };

    private readonly Option<string[]> _feature = new(InlineView.Flag)
    {
        Description = "A feature, written out: rides_4w='count(rides) over 4w'; may be repeated, and later ones may use earlier ones.",
        HelpName = "NAME='EXPR'",
    };

    private readonly Option<string> _columns = new("--columns")
    {
        Description = "Names of features and labels to compute, with commas between. Default: all.",
        HelpName = "LIST",
    };

    /// <summary>Declares the options.</summary>
    public void AddTo(Command command)
    {
        command.Options.Add(_view);
        command.Options.Add(_file);
        command.Options.Add(_feature);
        command.Options.Add(_columns);
        command.Validators.Add(result =>
        {
            Option[] ways = [_view, _file, _feature];
            if (ways.Count(way => result.GetResult(way) is not null) != 1)
            {
                result.AddError("expected one of --view NAME, --file FILE and --feature NAME='EXPR'");
            }
        });
    }

    /// <summary>The view; a file is read.</summary>
    /// <exception cref="CliException">The file cannot be read, or a feature has no name or no expression.</exception>
    public ViewReference Read(ParseResult parsed) =>
        Inline(parsed)?.Reference
        ?? (parsed.GetValue(_view) is { } name ? ViewReference.Named(name) : ReadFile(parsed.GetValue(_file)!));

    /// <summary>Names of the columns to compute; empty for all.</summary>
    /// <exception cref="CliException">A name is empty or stands twice.</exception>
    public IReadOnlyList<string> ReadColumns(ParseResult parsed) => Rows.ParseColumns(parsed.GetValue(_columns));

    /// <summary>Does what needs the view; where it is refused because of <c>--feature</c>, tells where in which flag.</summary>
    /// <typeparam name="T">What the work gives.</typeparam>
    /// <param name="parsed">The arguments.</param>
    /// <param name="work">The work.</param>
    public async Task<T> UseAsync<T>(ParseResult parsed, Func<Task<T>> work)
    {
        try
        {
            return await work().ConfigureAwait(false);
        }
        catch (FeatureServiceException refused) when (Inline(parsed)?.Explain(refused) is { } explained)
        {
            throw explained;
        }
    }

    /// <summary>The view of a file.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="CliException">The file cannot be read.</exception>
    public static ViewReference ReadFile(string path)
    {
        try
        {
            return ViewReference.OfText(File.ReadAllText(path), path);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw CliException.BadInput($"{path}: {exception.Message}");
        }
    }

    private InlineView? Inline(ParseResult parsed) => parsed.GetValue(_feature) is { Length: > 0 } features ? new InlineView(features) : null;
}
