using System.CommandLine;
using System.CommandLine.Parsing;
using FeatureService.Client.Datasets;
using FeatureService.Client.Transport;
using FeatureService.Ingest.Tables;

namespace FeatureService.Cli.CommandLine;

/// <summary>Which rows a dataset has: a grid, or a spine by <c>--spine</c> and <c>--spine-time</c>.</summary>
internal sealed class RowOptions
{
    private readonly GridOptions _grid = new(isRequired: false);

    private readonly Option<string> _spine = new("--spine")
    {
        Description = "In place of a grid: a Parquet or CSV file of the rows to fill, with the entity's column and a column `week`; further columns are carried along.",
        HelpName = "FILE",
    };

    private readonly Option<string> _spineTime = new("--spine-time")
    {
        Description = "With --spine: a column of instants in place of `week`; each stands for the week in which it lies.",
        HelpName = "COLUMN",
    };

    /// <summary>Declares the options.</summary>
    public void AddTo(Command command)
    {
        _grid.AddTo(command);
        command.Options.Add(_spine);
        command.Options.Add(_spineTime);
        command.Validators.Add(Check);
        _spine.Validators.Add(result =>
        {
            if (string.IsNullOrWhiteSpace(result.GetValueOrDefault<string>()))
            {
                result.AddError("--spine is empty: expected a Parquet or CSV file");
            }
        });
    }

    /// <summary>The query of a view's rows, entities that are named left out; a spine's file is opened.</summary>
    /// <param name="parsed">The arguments.</param>
    /// <param name="view">The view and its columns.</param>
    /// <param name="cancellation">Ends the reading.</param>
    /// <exception cref="CliException">An argument has another form, or the file of the view cannot be read.</exception>
    /// <exception cref="Ingest.InputException">The spine's file cannot be read.</exception>
    public FeatureQuery Read(ParseResult parsed, ViewOptions view, CancellationToken cancellation) => parsed.GetValue(_spine) is { } file
        ? new SpineQuery
        {
            View = view.Read(parsed),
            Columns = view.ReadColumns(parsed),
            Spine = TableFile.Open(file, cancellation),
            TimeColumn = parsed.GetValue(_spineTime),
        }
        : _grid.Read(parsed, view);

    /// <summary>The entities of a grid that are named; a file is read.</summary>
    /// <returns>Null where none are named.</returns>
    /// <exception cref="CliException">The file cannot be read or names none.</exception>
    public EntityList? ReadEntities(ParseResult parsed) => _grid.ReadEntities(parsed);

    /// <summary>A query with the entities that are named; as it is where none are.</summary>
    public static async Task<FeatureQuery> NameEntitiesAsync(
        FeatureServiceClient client, FeatureQuery query, EntityList? entities, CancellationToken cancellation) => query is BackfillQuery grid
            ? await GridOptions.NameEntitiesAsync(client, grid, entities, cancellation).ConfigureAwait(false)
            : query;

    private void Check(CommandResult result)
    {
        if (result.GetResult(_spine) is not null)
        {
            foreach (var option in _grid.All.Where(option => result.GetResult(option) is not null))
            {
                result.AddError($"--spine FILE names each row: expected no {option.Name} beside it");
            }

            return;
        }

        if (result.GetResult(_grid.All[0]) is null)
        {
            result.AddError("expected --weeks FROM..TO, or --spine FILE");
        }

        if (result.GetResult(_spineTime) is not null)
        {
            result.AddError("--spine-time COLUMN goes with --spine FILE");
        }
    }
}
