using System.CommandLine;
using FeatureService.Cli.CommandLine;
using FeatureService.Client.Transport;
using FeatureService.Engine.Definitions;
using FeatureService.Ingest;

namespace FeatureService.Cli;

/// <summary><c>featurectl view</c>: feature views.</summary>
internal static class ViewCommand
{
    /// <summary>The verb.</summary>
    public static Command Create() => new("view", "Check and compare feature views.") { CreateValidate(), ViewCompareCommand.Create() };

    private static Command CreateValidate()
    {
        var files = new Argument<string[]>("FILE") { Description = "View files.", Arity = ArgumentArity.OneOrMore };
        var catalog = new Option<string>("--catalog") { Description = "Bind against this catalog and the inputs that it names.", HelpName = "FILE" };
        var server = new ServerOptions();
        var command = new Command("validate", "Bind view files against a catalog and tell every error.") { files, catalog };
        server.AddTo(command);
        command.Validators.Add(result =>
        {
            if (result.GetResult(catalog) is not null && result.Children.Any(c => c is System.CommandLine.Parsing.OptionResult { Option.Name: "--server" or "--snapshot" or "--snapshot-name" or "--snapshot-id" }))
            {
                result.AddError("expected one of --catalog FILE, --snapshot DIR and --server URL");
            }
        });
        command.SetAction(async (parsed, cancellation) =>
        {
            var console = parsed.InvocationConfiguration;
            var paths = parsed.GetRequiredValue(files);
            if (parsed.GetValue(catalog) is { } path)
            {
                var bound = await Task.Run(() => ReadCatalog(path, cancellation), cancellation).ConfigureAwait(false);
                return (int)Report(console, paths.Select(file => Compile(file, bound)));
            }

            await using var session = await server.OpenAsync(parsed, cancellation).ConfigureAwait(false);
            var results = new List<Validation>();
            foreach (var file in paths)
            {
                results.Add(await ValidateAsync(session, file, cancellation).ConfigureAwait(false));
            }

            return (int)Report(console, results);
        });
        return command;
    }

    private static Catalog ReadCatalog(string path, CancellationToken cancellation)
    {
        try
        {
            var (file, diagnostics) = CatalogReader.Read(File.ReadAllText(path), path);
            return file is null
                ? throw CliException.BadInput(string.Join('\n', diagnostics))
                : SchemaReader.Resolve(file, cancellation);
        }
        catch (InputException exception)
        {
            throw CliException.BadInput(string.Join('\n', exception.Messages));
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw CliException.BadInput($"cannot read the catalog {path}: {exception.Message}");
        }
    }

    private static Validation Compile(string file, Catalog catalog)
    {
        var text = ViewOptions.ReadFile(file).Definition!;
        var (view, diagnostics) = ViewCompiler.Compile(text, file, catalog);
        return view is null
            ? new Validation(file, "", "", 0, 0, [.. diagnostics.Select(d => d.ToString())])
            : new Validation(
                file, view.Name, view.Version, view.Columns.Count(c => c.Role == FeatureRole.Feature),
                view.Columns.Count(c => c.Role == FeatureRole.Label), []);
    }

    private static async Task<Validation> ValidateAsync(ServiceSession session, string file, CancellationToken cancellation)
    {
        try
        {
            var view = await session.Client.ValidateAsync(ViewOptions.ReadFile(file), session.Snapshot, cancellation).ConfigureAwait(false);
            return new Validation(
                file, view.Name, view.Version, view.Columns.Count(c => c.Role == DatasetColumnRole.Feature),
                view.Columns.Count(c => c.Role == DatasetColumnRole.Label), []);
        }
        catch (FeatureServiceException exception) when (exception.FieldViolations.Count > 0)
        {
            return new Validation(file, "", "", 0, 0, [.. exception.FieldViolations.Select(v => $"{v.Field}: {v.Description}")]);
        }
    }

    private static ExitCode Report(InvocationConfiguration console, IEnumerable<Validation> results)
    {
        var code = ExitCode.Done;
        foreach (var result in results)
        {
            foreach (var error in result.Errors)
            {
                console.Error.WriteLine(error);
                code = ExitCode.BadInput;
            }

            if (result.Errors.Count == 0)
            {
                console.Output.WriteLine($"{result.File}: ok: {result.Name}, {result.Features} features, {result.Labels} labels, version {result.Version}");
            }
        }

        return code;
    }

    private sealed record Validation(string File, string Name, string Version, int Features, int Labels, IReadOnlyList<string> Errors);
}
