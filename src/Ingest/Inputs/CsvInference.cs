using FeatureService.Core.Columns;
using FeatureService.Ingest.Values;

namespace FeatureService.Ingest.Inputs;

/// <summary>Reads CSV files through to find the types of their columns.</summary>
internal static class CsvInference
{
    /// <summary>The types of columns over all files.</summary>
    /// <param name="files">The files.</param>
    /// <param name="names">The columns wanted.</param>
    /// <param name="cancellation">Ends the reading.</param>
    public static Dictionary<string, ColumnType> Infer(IEnumerable<CsvFile> files, IReadOnlySet<string> names, CancellationToken cancellation)
    {
        var found = new Dictionary<string, TypeInference>();
        foreach (var file in files)
        {
            var wanted = file.Columns.Select(column => names.Contains(column.Name)).ToArray();
            var merge = new Lock();
            foreach (var column in file.Columns.Where(column => names.Contains(column.Name)))
            {
                found.TryAdd(column.Name, new TypeInference());
            }

            BlockRunner.Run(file.TextBlocks(), cancellation, text =>
            {
                var inferences = InferBlock(text, wanted);
                lock (merge)
                {
                    for (var i = 0; i < wanted.Length; i++)
                    {
                        if (inferences[i] is { } inference)
                        {
                            found[file.Columns[i].Name].Add(inference);
                        }
                    }
                }
            });
        }

        return found.ToDictionary(pair => pair.Key, pair => pair.Value.Type);
    }

    private static TypeInference?[] InferBlock(CsvText text, bool[] wanted)
    {
        TypeInference?[] inferences = [.. wanted.Select(want => want ? new TypeInference() : null)];
        var records = new CsvRecords(text.Bytes.Span, text.FirstLine);
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
}
