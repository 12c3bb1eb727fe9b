using System.Collections.Immutable;
using FeatureService.Engine.Definitions;
using FeatureService.Ingest.Inputs;
using FeatureService.Ingest.Inputs.Postgres;

namespace FeatureService.Ingest;

/// <summary>From a catalog's file to a catalog: reads the schemas of its inputs, files and queries, and, for text without types, the values.</summary>
public static class SchemaReader
{
    /// <summary>Resolves the types of all columns.</summary>
    /// <param name="file">The catalog's file.</param>
    /// <param name="cancellation">Ends the reading.</param>
    /// <returns>The catalog that a build of the same inputs would store.</returns>
    /// <exception cref="InputException">Inputs are missing, damaged or do not fit the catalog; every error at once.</exception>
    public static Catalog Resolve(CatalogFile file, CancellationToken cancellation = default)
    {
        using var databases = new PostgresSessions(file.Path, cancellation);
        return CatalogOf(file, Read(file, databases, cancellation));
    }

    /// <summary>The catalog of resolved sources.</summary>
    internal static Catalog CatalogOf(CatalogFile file, IEnumerable<SourceSchema> sources) => new()
    {
        EntityName = file.EntityName,
        EntityType = file.EntityType,
        Calendar = file.Calendar,
        Sources = [.. sources.Select(source => source.Source)],
    };

    /// <summary>Resolves the sources.</summary>
    /// <param name="file">The catalog's file.</param>
    /// <param name="databases">The build's databases; the sources are read through them.</param>
    /// <param name="cancellation">Ends the reading.</param>
    internal static ImmutableArray<SourceSchema> Read(CatalogFile file, PostgresSessions databases, CancellationToken cancellation)
    {
        var errors = new List<string>();
        var schemas = ImmutableArray.CreateBuilder<SourceSchema>();
        foreach (var source in file.Sources)
        {
            try
            {
                schemas.Add(Read(file, source, databases, cancellation));
            }
            catch (InputException error)
            {
                errors.AddRange(error.Messages);
            }
        }

        return errors.Count == 0 ? schemas.ToImmutable() : throw new InputException(errors);
    }

    private static SourceSchema Read(CatalogFile catalog, SourceFile source, PostgresSessions databases, CancellationToken cancellation)
    {
        ImmutableArray<InputFile> inputs = source.Postgres is null
            ? [.. InputFiles.Resolve(catalog.Path, source).Select(path => Open(path, cancellation))]
            : [databases.Open(source)];
        var columns = new ColumnResolver(catalog, source, inputs).Resolve(cancellation);
        return new SourceSchema
        {
            Source = new EventSource
            {
                Name = source.Name,
                Columns = columns,
                TimeColumn = IndexOf(columns, source.TimeColumn),
                AvailableColumn = IndexOf(columns, source.AvailableColumn),
                SettlesWithin = source.SettlesWithin,
                Reading = source.Reading,
            },
            File = source,
            EntityType = catalog.EntityType,
            CompleteUntil = source.CompleteUntil ?? catalog.CompleteUntil,
            Inputs = inputs,
        };
    }

    private static InputFile Open(InputPath path, CancellationToken cancellation) =>
        path.Path.EndsWith(".parquet", StringComparison.OrdinalIgnoreCase) ? ParquetFile.Open(path)
        : InputFiles.IsCsv(path.Path) ? CsvFile.Open(path)
        : NdjsonFile.Open(path, cancellation);

    private static int IndexOf(ImmutableArray<SourceColumn> columns, string? name) =>
        name is null ? -1 : columns.Select(column => column.Name).ToList().IndexOf(name);
}
