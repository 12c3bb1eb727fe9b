using System.Collections.Immutable;
using FeatureService.Engine.Definitions;
using Npgsql;
using Npgsql.PostgresTypes;

namespace FeatureService.Ingest.Inputs.Postgres;

/// <summary>The rows of a query.</summary>
internal sealed class PostgresInput : InputFile
{
    private readonly PostgresSession _session;
    private readonly PostgresQuery _query;
    private readonly string _text;

    private PostgresInput(SourceFile source, PostgresSession session, string text, ImmutableArray<(string Name, PostgresType Type)> columns)
        : base(new InputPath($"the query of source {source.Name}", []))
    {
        _session = session;
        _query = source.Postgres!;
        _text = text;
        Types = [.. columns.Select(column => PostgresTypes.Of(column.Type))];
        OwnColumns = [.. columns.Select((column, i) => new InputColumn(column.Name, Types[i]?.Kind ?? InputKind.Other, column.Type.DisplayName))];
    }

    /// <inheritdoc/>
    public override ImmutableArray<InputColumn> OwnColumns { get; }

    /// <summary>How the values of each column are read; null for a type that is none of a source's.</summary>
    public ImmutableArray<PostgresValue?> Types { get; }

    /// <summary>Asks for the columns of a source's query.</summary>
    /// <param name="source">The source.</param>
    /// <param name="session">Its database.</param>
    /// <exception cref="InputException">PostgreSQL refuses the query, or it is not one query.</exception>
    public static PostgresInput Open(SourceFile source, PostgresSession session)
    {
        var query = source.Postgres!;
        var text = query.Query.TrimEnd().TrimEnd(';');
        try
        {
            var statements = session.Describe(text);
            return statements is [{ Length: > 0 } columns]
                ? new PostgresInput(source, session, text, columns)
                : throw new InputException($"{PlaceOf(query, 0)}: the query of source {source.Name} is {statements.Count switch { 1 => "a statement without columns", var count => $"{count} statements" }}: expected one select");
        }
        catch (Exception error) when (PostgresErrors.IsOne(error, session.Cancellation))
        {
            throw Refused(source, query, error, 0);
        }
    }

    /// <inheritdoc/>
    public override IEnumerable<InputBlock> Blocks(SourceSchema schema)
    {
        int[] fields =
        [
            .. schema.Source.Columns.Select(column => column.Name).Append(schema.File.EntityColumn)
                .Select(OwnIndexOf).Where(index => index >= 0).Distinct().Order(),
        ];
        using var stream = Start(schema.File, fields);
        using var stop = _session.Cancellation.Register(stream.Cancel);
        var rows = new CopyRows(stream, fields.Length);
        var firstRow = 1L;
        while (Next(rows, firstRow - 1) is { } block)
        {
            yield return new PostgresBlock(this, schema, fields, block, firstRow);
            firstRow += block.RowCount;
        }
    }

    /// <summary>Only the columns that are read come over; what stands behind a comment in the query's last line must still count.</summary>
    private NpgsqlRawCopyStream Start(SourceFile source, int[] fields)
    {
        var names = string.Join(", ", fields.Select(field => '"' + OwnColumns[field].Name.Replace("\"", "\"\"", StringComparison.Ordinal) + '"'));
        var prefix = $"copy (select {names} from (";
        try
        {
            return _session.Copy($"{prefix}{_text}\n) as rows) to stdout (format binary)");
        }
        catch (Exception error) when (PostgresErrors.IsOne(error, _session.Cancellation))
        {
            throw Refused(source, _query, error, prefix.EnumerateRunes().Count());
        }
    }

    private CopyBlock? Next(CopyRows rows, long rowsBefore)
    {
        try
        {
            return rows.Next();
        }
        catch (Exception error) when (PostgresErrors.IsOne(error, _session.Cancellation))
        {
            throw new InputException($"{PlaceOf(_query, 0)}: {Path} broke off after {rowsBefore} rows or more: {PostgresErrors.Words(error)}", error);
        }
    }

    private static InputException Refused(SourceFile source, PostgresQuery query, Exception error, int prefixLength)
    {
        var position = (error as PostgresException)?.Position is { } at && at > prefixLength ? at - prefixLength - 1 : 0;
        return new InputException($"{PlaceOf(query, position)}: PostgreSQL refuses the query of source {source.Name}: {PostgresErrors.Words(error)}", error);
    }

    /// <summary>The place in the catalog's file of a code point of the query.</summary>
    private static string PlaceOf(PostgresQuery query, int codePoint)
    {
        var index = query.Query.EnumerateRunes().Take(codePoint).Sum(rune => rune.Utf16SequenceLength);
        var place = query.PlaceOf(index);
        return $"{place.File}:{place.Line}:{place.Column}";
    }
}
