using System.CommandLine;
using System.Text;
using FeatureService.Cli.CommandLine;
using FeatureService.Client.Datasets;
using FeatureService.Client.Transport;

namespace FeatureService.Cli;

/// <summary><c>featurectl get</c>: vectors of a few entities.</summary>
internal static class GetCommand
{
    /// <summary>The verb.</summary>
    public static Command Create()
    {
        var view = new ViewOptions();
        var service = new ServerOptions();
        var entities = new EntityOptions();
        var weeks = new Option<string>("--weeks")
        {
            Description = "Weeks, both ends included: 2024-W10..2024-W20, every second 2024-W10..2024-W20/2, or one alone.",
            HelpName = "FROM..TO[/STEP]",
            Required = true,
        };
        var format = new Option<string>("--format") { Description = "How to print: table, csv or json.", DefaultValueFactory = _ => "table" };
        format.AcceptOnlyFromAmong("table", "csv", "json");
        var command = new Command("get", "Print the feature vectors of a few entities.");
        entities.AddTo(command);
        command.Options.Add(weeks);
        command.Options.Add(format);
        command.Validators.Add(result =>
        {
            if (entities.Ways.Count(way => result.GetResult(way) is not null) != 1)
            {
                result.AddError("expected one of --entities LIST and --entities-file FILE");
            }
        });
        view.AddTo(command);
        service.AddTo(command);
        command.SetAction(async (parsed, cancellation) =>
        {
            var span = Rows.ParseWeeks(parsed.GetRequiredValue(weeks));
            var reference = view.Read(parsed);
            var columns = view.ReadColumns(parsed);
            var named = entities.Read(parsed)!;
            await using var session = await service.OpenAsync(parsed, cancellation).ConfigureAwait(false);
            var vectors = await view.UseAsync(
                parsed,
                () => GetAsync(session, reference, columns, named, span, cancellation)).ConfigureAwait(false);
            Print(vectors, parsed.GetValue(format)!, parsed.InvocationConfiguration.Output);
            return (int)ExitCode.Done;
        });
        return command;
    }

    private static async Task<FeatureVectors> GetAsync(
        ServiceSession session, ViewReference reference, IReadOnlyList<string> columns, EntityList entities, WeekSpan weeks,
        CancellationToken cancellation)
    {
        var client = session.Client;
        var view = await client.ValidateAsync(reference, session.Snapshot, cancellation).ConfigureAwait(false);
        var snapshot = await Rows.SnapshotOfAsync(client, view, cancellation).ConfigureAwait(false);
        var query = new FeatureVectorsQuery
        {
            View = ViewReference.OfText(view.Definition, reference.FileName),
            Snapshot = new SnapshotReference(snapshot.Name, snapshot.Id),
            Entities = entities.KeysOf(snapshot.EntityType),
            Weeks = weeks,
            Columns = columns,
        };
        return await client.GetFeatureVectorsAsync(query, cancellation).ConfigureAwait(false);
    }

    private static void Print(FeatureVectors vectors, string format, TextWriter output)
    {
        switch (format)
        {
            case "table":
                TextTable.Print(vectors, output);
                break;
            case "json":
                JsonRows.Print(vectors, output);
                break;
            default:
                PrintCsv(vectors, output);
                break;
        }
    }

    private static void PrintCsv(FeatureVectors vectors, TextWriter output)
    {
        using var buffer = new MemoryStream();
        var csv = new CsvWriter(buffer);
        csv.WriteHeader(vectors.Header.Columns);
        csv.WriteRows(vectors.Columns, vectors.RowCount);
        csv.Complete();
        output.Write(Encoding.UTF8.GetString(buffer.GetBuffer(), 0, (int)buffer.Length));
    }
}
