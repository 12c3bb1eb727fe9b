using System.Collections.Immutable;
using System.Text;
using System.Text.Json;
using FeatureService.Ingest.Values;

namespace FeatureService.Ingest.Inputs;

/// <summary>A file of JSON objects, one a line; plain or compressed.</summary>
internal sealed class NdjsonFile : InputFile
{
    private readonly ImmutableArray<NdjsonKey> _keys;

    private NdjsonFile(InputPath path, IEnumerable<NdjsonKey> keys)
        : base(path)
    {
        _keys = [.. keys];
        OwnColumns = [.. _keys.Select(key => new InputColumn(key.Name, key.IsNested ? InputKind.Other : InputKind.Untyped, key.IsNested ? "object or array" : "text"))];
    }

    /// <inheritdoc/>
    public override ImmutableArray<InputColumn> OwnColumns { get; }

    /// <summary>Reads the file through for its keys and what their values are; lines that are no objects are left to the build.</summary>
    /// <param name="path">The file.</param>
    /// <param name="cancellation">Ends the reading.</param>
    /// <exception cref="InputException">The file cannot be read.</exception>
    public static NdjsonFile Open(InputPath path, CancellationToken cancellation)
    {
        var keys = new SortedDictionary<(long Line, int Place), NdjsonKey>();
        var byName = new Dictionary<string, (long Line, int Place)>();
        var merge = new Lock();
        BlockRunner.Run(TextFile.Blocks(path.Path, EndOfLines), cancellation, block =>
        {
            var found = KeysOf(block);
            lock (merge)
            {
                foreach (var (place, key) in found)
                {
                    Merge(keys, byName, place, key);
                }
            }
        });
        return new NdjsonFile(path, keys.Values);
    }

    /// <inheritdoc/>
    public override IEnumerable<InputBlock> Blocks(SourceSchema schema) =>
        TextFile.Blocks(Path, EndOfLines).Select(block => new NdjsonBlock(this, schema, block));

    /// <inheritdoc/>
    protected override void AddOwnTypes(IReadOnlyDictionary<string, TypeInference> types, CancellationToken cancellation)
    {
        foreach (var key in _keys)
        {
            if (types.TryGetValue(key.Name, out var type))
            {
                type.Add(key.Type);
            }
        }
    }

    private static int EndOfLines(ReadOnlySpan<byte> text) => text.LastIndexOf((byte)'\n') + 1;

    /// <summary>Columns come in the order in which the file shows their keys, whichever block is done first.</summary>
    private static void Merge(
        SortedDictionary<(long Line, int Place), NdjsonKey> keys, Dictionary<string, (long Line, int Place)> byName, (long Line, int Place) place, NdjsonKey key)
    {
        if (byName.TryGetValue(key.Name, out var known))
        {
            key = key.With(keys[known]);
            place = known.CompareTo(place) <= 0 ? known : place;
            keys.Remove(known);
        }

        byName[key.Name] = place;
        keys[place] = key;
    }

    private static IEnumerable<((long Line, int Place) Place, NdjsonKey Key)> KeysOf(TextBlock block)
    {
        var keys = new Dictionary<byte[], ((long Line, int Place) Place, NdjsonKey Key)>(BytesComparer.Instance);
        var lines = new NdjsonLines(block.Bytes.Span, block.FirstLine);
        while (lines.Next(out var line))
        {
            try
            {
                AddKeys(keys, line, lines.Line);
            }
            catch (JsonException)
            {
                // The build reports the line as a bad row.
                continue;
            }
        }

        return keys.Values;
    }

    private static void AddKeys(Dictionary<byte[], ((long Line, int Place) Place, NdjsonKey Key)> keys, ReadOnlySpan<byte> line, long number)
    {
        var reader = new NdjsonReader(line);
        var lookup = keys.GetAlternateLookup<ReadOnlySpan<byte>>();
        for (var place = 0; reader.Next(); place++)
        {
            if (!lookup.TryGetValue(reader.Key, out var found))
            {
                found = ((number, place), new NdjsonKey(Encoding.UTF8.GetString(reader.Key)));
                lookup[reader.Key] = found;
            }

            found.Key.Add(reader.Kind, reader.Value);
        }
    }
}
