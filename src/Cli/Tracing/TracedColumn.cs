using System.CommandLine;
using FeatureService.Cli.CommandLine;
using FeatureService.Client.Transport;

namespace FeatureService.Cli.Tracing;

/// <summary>
/// Which value is traced: <c>--feature NAME</c> of <c>--view</c> or <c>--file</c>; or <c>--feature NAME='EXPR'</c>, of several the last.
/// </summary>
internal sealed class TracedColumn
{
    private readonly Option<string> _view = new("--view")
    {
        Description = "A published view, team/view or team/view@version; the team may be left out where one team has that view.",
        HelpName = "NAME",
    };

    private readonly Option<string> _file = new("--file") { Description = "A view file; nothing needs to be published.", HelpName = "FILE" };

    private readonly Option<string[]> _feature = new(InlineView.Flag)
    {
        Description = "The feature or label of the view; or without a view one that is written out, NAME='EXPR', which may use earlier ones.",
        HelpName = "NAME[='EXPR']",
        Required = true,
    };

    /// <summary>Declares the options.</summary>
    public void AddTo(Command command)
    {
        command.Options.Add(_view);
        command.Options.Add(_file);
        command.Options.Add(_feature);
        command.Validators.Add(result =>
        {
            var views = new Option[] { _view, _file }.Count(way => result.GetResult(way) is not null);
            var features = result.GetValue(_feature) ?? [];
            if (views > 1)
            {
                result.AddError("expected at most one of --view NAME and --file FILE");
            }
            else if (views == 1 && (features.Length != 1 || features[0].Contains('=', StringComparison.Ordinal)))
            {
                result.AddError("with --view or --file expected one --feature NAME, a column of the view");
            }
            else if (views == 0 && features.Any(feature => !feature.Contains('=', StringComparison.Ordinal)))
            {
                result.AddError("expected --view NAME or --file FILE beside --feature NAME, or a definition: --feature NAME='EXPR'");
            }
        });
    }

    /// <summary>The view and the column; a file is read.</summary>
    /// <exception cref="CliException">The file cannot be read, or a feature has no name or no expression.</exception>
    public (ViewReference View, string Column) Read(ParseResult parsed)
    {
        var features = parsed.GetRequiredValue(_feature);
        if (parsed.GetValue(_view) is { } name)
        {
            return (ViewReference.Named(name), features[0]);
        }

        if (parsed.GetValue(_file) is { } file)
        {
            return (ViewOptions.ReadFile(file), features[0]);
        }

        var last = features[^1];
        return (new InlineView(features).Reference, last[..last.IndexOf('=', StringComparison.Ordinal)].Trim());
    }

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
        catch (FeatureServiceException refused)
            when (parsed.GetRequiredValue(_feature) is var features && features[^1].Contains('=', StringComparison.Ordinal)
                && new InlineView(features).Explain(refused) is { } explained)
        {
            throw explained;
        }
    }
}
