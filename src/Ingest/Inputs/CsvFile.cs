using System.Collections.Immutable;
using System.Text;
using FeatureService.Ingest.Values;

namespace FeatureService.Ingest.Inputs;

/// <summary>A CSV file: a header, commas, quotes doubled inside, UTF-8; plain or compressed.</summary>
internal sealed class CsvFile : InputFile
{
    private CsvFile(InputPath path, ImmutableArray<InputColumn> columns)
        : base(path) => OwnColumns = columns;

    /// <inheritdoc/>
    public override ImmutableArray<InputColumn> OwnColumns { get; }

    /// <summary>Reads the header.</summary>
    /// <exception cref="InputException">The file cannot be read or has no header.</exception>
    public static CsvFile Open(InputPath path)
    {
        using var blocks = ReadBlocks(path.Path).GetEnumerator();
        if (!blocks.MoveNext())
        {
            throw new InputException($"{path.Path}: the file is empty: expected a header");
        }

        var header = new CsvRecords(blocks.Current.Bytes.Span, blocks.Current.FirstLine, path.Path);
        var fields = new List<string>();
        header.Next();
        while (header.NextField(out var field))
        {
            fields.Add(Encoding.UTF8.GetString(field));
        }

        return new CsvFile(path, [.. fields.Select(name => new InputColumn(name, InputKind.Untyped, "text"))]);
    }

    /// <inheritdoc/>
    public override IEnumerable<InputBlock> Blocks(SourceSchema schema) => TextBlocks().Select(block => new CsvBlock(this, schema, block));

    /// <inheritdoc/>
    protected override void AddOwnTypes(IReadOnlyDictionary<string, TypeInference> types, CancellationToken cancellation)
    {
        TypeInference?[] found = [.. OwnColumns.Select(column => types.GetValueOrDefault(column.Name))];
        if (found.All(type => type is null))
        {
            return;
        }

        var merge = new Lock();
        BlockRunner.Run(TextBlocks(), cancellation, text =>
        {
            var inferred = InferBlock(text, found);
            lock (merge)
            {
                for (var i = 0; i < found.Length; i++)
                {
                    found[i]?.Add(inferred[i]!);
                }
            }
        });
    }

    private TypeInference?[] InferBlock(TextBlock text, TypeInference?[] wanted)
    {
        TypeInference?[] inferences = [.. wanted.Select(want => want is null ? null : new TypeInference())];
        var records = new CsvRecords(text.Bytes.Span, text.FirstLine, Path);
        while (records.Next())
        {
            for (var i = 0; records.NextField(out var field); i++)
            {
                if (i < inferences.Length && !field.IsEmpty && inferences[i] is { IsSettled: false } inference)
                {
                    inference.Add(field);
                }
            }
        }

        return inferences;
    }

    /// <summary>The file's text behind the header, cut between records.</summary>
    public IEnumerable<TextBlock> TextBlocks()
    {
        foreach (var (block, index) in ReadBlocks(Path).Select((block, index) => (block, index)))
        {
            yield return index == 0 ? WithoutHeader(block) : block;
        }
    }

    private TextBlock WithoutHeader(TextBlock block)
    {
        var records = new CsvRecords(block.Bytes.Span, block.FirstLine, Path);
        records.Next();
        while (records.NextField(out _))
        {
            // Only where the header ends is of interest.
        }

        return new TextBlock(block.Bytes[records.Position..], records.NextLine);
    }

    private static IEnumerable<TextBlock> ReadBlocks(string path) => TextFile.Blocks(path, CsvRecordEnd.Find);
}
