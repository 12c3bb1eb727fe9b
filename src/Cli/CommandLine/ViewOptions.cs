using System.CommandLine;
using FeatureService.Client.Transport;

namespace FeatureService.Cli.CommandLine;

/// <summary>Which view: <c>--view NAME</c> or <c>--file FILE</c>.</summary>
internal sealed class ViewOptions
{
    private readonly Option<string> _view = new("--view")
    {
        Description = "A published view, team/view or team/view@version; the team may be left out where one team has that view.",
        HelpName = "NAME",
    };

    private readonly Option<string> _file = new("--file") { Description = "A view file; nothing needs to be published.", HelpName = "FILE" };

    /// <summary>Declares the options.</summary>
    public void AddTo(Command command)
    {
        command.Options.Add(_view);
        command.Options.Add(_file);
        command.Validators.Add(result =>
        {
            if (result.GetResult(_view) is null == result.GetResult(_file) is null)
            {
                result.AddError("expected one of --view NAME and --file FILE");
            }
        });
    }

    /// <summary>The view; a file is read.</summary>
    public ViewReference Read(ParseResult parsed) =>
        parsed.GetValue(_view) is { } name ? ViewReference.Named(name) : ReadFile(parsed.GetValue(_file)!);

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
}
