using System.Collections;

namespace FeatureService.Ingest.Loading;

/// <summary>Finds entities of which facts without time have more than one row: nobody can say which of them holds.</summary>
internal static class SecondRows
{
    /// <summary>What is wrong: nothing, or how many rows there are too many, and the first of them.</summary>
    /// <param name="source">Facts without time.</param>
    /// <param name="entities">The entities of all sources.</param>
    public static IReadOnlyList<string> Find(LoadedSource source, EntityTable entities)
    {
        var isKnown = new BitArray(entities.Count);
        var second = new List<(int Entity, string Place)>();
        var count = 0L;
        foreach (var (entity, chunk, row) in Rows(source))
        {
            if (!isKnown[entity])
            {
                isKnown[entity] = true;
            }
            else if (++count <= RowChunk.ProblemsMax)
            {
                second.Add((entity, chunk.Places!.Of(row)));
            }
        }

        if (count == 0)
        {
            return [];
        }

        var name = source.Schema.File.EntityColumn;
        var first = FirstPlaces(source, [.. second.Select(row => row.Entity)]);
        return
        [
            $"source {source.Schema.Source.Name}: {count} rows of entities that have a row already: expected one row per entity, as time is 'always'; the first:",
            .. second.Select(row => $"{row.Place}: another row of {name} {entities.KeyOf(row.Entity)}, whose first is {first[row.Entity]}"),
        ];
    }

    private static Dictionary<int, string> FirstPlaces(LoadedSource source, HashSet<int> entities)
    {
        var places = new Dictionary<int, string>();
        foreach (var (entity, chunk, row) in Rows(source))
        {
            if (entities.Remove(entity))
            {
                places.Add(entity, chunk.Places!.Of(row));
            }
        }

        return places;
    }

    /// <summary>All rows in the order of the input.</summary>
    private static IEnumerable<(int Entity, LoadedChunk Chunk, int Row)> Rows(LoadedSource source)
    {
        foreach (var chunk in source.Chunks)
        {
            for (var row = 0; row < chunk.Entities.Length; row++)
            {
                yield return (chunk.Entities[row], chunk, row);
            }
        }
    }
}
