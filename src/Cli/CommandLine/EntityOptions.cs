using System.CommandLine;

namespace FeatureService.Cli.CommandLine;

/// <summary>Which entities: <c>--entities LIST</c> or <c>--entities-file FILE</c>.</summary>
internal sealed class EntityOptions
{
    private readonly Option<string> _list;
    private readonly Option<string> _file;

    /// <summary>The options.</summary>
    /// <param name="more">What the help says of entities that are not named.</param>
    public EntityOptions(string more = "")
    {
        _list = new Option<string>("--entities") { Description = "Keys of entities, with commas between." + more, HelpName = "LIST" };
        _file = new Option<string>("--entities-file")
        {
            Description = "A file of keys of entities, one a line: for many, and for keys that hold a comma.",
            HelpName = "FILE",
        };
    }

    /// <summary>The ways to name entities, of which a command takes at most one.</summary>
    public IReadOnlyList<Option> Ways => [_list, _file];

    /// <summary>Declares the options.</summary>
    public void AddTo(Command command)
    {
        command.Options.Add(_list);
        command.Options.Add(_file);
    }

    /// <summary>The entities; a file is read.</summary>
    /// <returns>Null where none are named.</returns>
    /// <exception cref="CliException">The file cannot be read or names none.</exception>
    public EntityList? Read(ParseResult parsed) => parsed.GetValue(_list) is { } list ? EntityList.OfText(list)
        : parsed.GetValue(_file) is { } file ? EntityList.OfFile(file)
        : null;
}
