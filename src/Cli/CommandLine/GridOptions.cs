using System.CommandLine;
using FeatureService.Client.Transport;

namespace FeatureService.Cli.CommandLine;

/// <summary>Which grid: <c>--weeks</c>, at most one of the ways to say entities, and <c>--no-population</c>.</summary>
internal sealed class GridOptions
{
    private static readonly IEnumerable<string> _policies = Enum.GetNames<CachePolicy>().Select(name => name.ToLowerInvariant());

    private readonly EntityOptions _entities = new(" Default: all of the snapshot.");
    private readonly Option<string> _weeks;

    private readonly Option<string> _sample = new("--sample")
    {
        Description = "A random sample of the snapshot's entities: a number of them, or a share such as 5%. The same seed gives the same sample.",
        HelpName = "N|P%",
    };

    private readonly Option<long> _seed = new("--seed") { Description = "With --sample: which of all samples of that size. Default: 0", HelpName = "S" };

    private readonly Option<bool> _noPopulation = new("--no-population") { Description = "Every row of the grid, whatever the view's population says." };

    private readonly Option<string> _cache = new("--cache")
    {
        Description = "Whether services take columns that they have computed before from their cache: auto (where it pays), always, never, or refresh (compute, and keep). Default: auto",
        HelpName = "POLICY",
    };

    /// <summary>The options.</summary>
    /// <param name="isRequired">Whether the command takes nothing but a grid.</param>
    public GridOptions(bool isRequired = true) => _weeks = new Option<string>("--weeks")
    {
        Description = "Weeks, both ends included: 2019-01-07..2023-12-25, every fourth 2019-01-07..2023-12-25/4, or one alone.",
        HelpName = "FROM..TO[/STEP]",
        Required = isRequired,
    };

    /// <summary>All of them, the weeks first.</summary>
    public IReadOnlyList<Option> All => [_weeks, .. _entities.Ways, _sample, _seed, _noPopulation, _cache];

    /// <summary>Declares the options.</summary>
    public void AddTo(Command command)
    {
        command.Options.Add(_weeks);
        _entities.AddTo(command);
        command.Options.Add(_sample);
        command.Options.Add(_seed);
        command.Options.Add(_noPopulation);
        command.Options.Add(_cache);
        _cache.AcceptOnlyFromAmong([.. _policies]);
        command.Validators.Add(result =>
        {
            if (_entities.Ways.Append(_sample).Count(way => result.GetResult(way) is not null) > 1)
            {
                result.AddError("expected at most one of --entities LIST, --entities-file FILE and --sample N|P%");
            }

            if (result.GetResult(_seed) is not null && result.GetResult(_sample) is null)
            {
                result.AddError("--seed S goes with --sample N|P%");
            }
        });
    }

    /// <summary>The query of a view's grid, entities that are named left out: their type is the service's to tell.</summary>
    /// <param name="parsed">The arguments.</param>
    /// <param name="view">The view and its columns.</param>
    /// <exception cref="CliException">An argument has another form, or the file of the view cannot be read.</exception>
    public BackfillQuery Read(ParseResult parsed, ViewOptions view) => new()
    {
        Weeks = Rows.ParseWeeks(parsed.GetRequiredValue(_weeks)),
        View = view.Read(parsed),
        Columns = view.ReadColumns(parsed),
        Sample = parsed.GetValue(_sample) is { } size ? Rows.ParseSample(size, parsed.GetValue(_seed)) : null,
        IgnorePopulation = parsed.GetValue(_noPopulation),
        Cache = parsed.GetValue(_cache) is { } policy ? Enum.Parse<CachePolicy>(policy, ignoreCase: true) : CachePolicy.Auto,
    };

    /// <summary>The entities that are named; a file is read.</summary>
    /// <returns>Null where none are named.</returns>
    /// <exception cref="CliException">The file cannot be read or names none.</exception>
    public EntityList? ReadEntities(ParseResult parsed) => _entities.Read(parsed);

    /// <summary>A query with the entities that are named; as it is where none are.</summary>
    public static async Task<BackfillQuery> NameEntitiesAsync(
        FeatureServiceClient client, BackfillQuery query, EntityList? entities, CancellationToken cancellation)
    {
        if (entities is null)
        {
            return query;
        }

        var view = await client.ValidateAsync(query.View, query.Snapshot, cancellation).ConfigureAwait(false);
        var snapshot = await Rows.SnapshotOfAsync(client, view, cancellation).ConfigureAwait(false);
        return query with { Entities = entities.KeysOf(snapshot.EntityType) };
    }
}
