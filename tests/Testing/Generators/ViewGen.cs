using CsCheck;
using FeatureService.Core.Columns;

namespace FeatureService.Testing.Generators;

/// <summary>Texts of views over the sources of <see cref="CaseGen"/>.</summary>
public static class ViewGen
{
    private static readonly Gen<ColumnType> s_types = Gen.Frequency(
        (4, ColumnType.Int64),
        (7, ColumnType.Float64),
        (2, ColumnType.Bool),
        (1, ColumnType.String),
        (1, ColumnType.Date),
        (1, ColumnType.Timestamp));

    private static readonly Gen<(ColumnType Type, Shape Shape)> s_kinds =
        Gen.Select(s_types, Shape.Any, (type, shape) => (type, shape));

    private static readonly string[] s_ofWeek = ["month(week)", "year(week)", "week_of_year(week)", "iso_year(week)"];

    /// <summary>Views of one to five features and up to two labels that may use what stands before them.</summary>
    /// <param name="depth">How deep operators may nest.</param>
    public static Gen<string> Of(int depth) =>
        from features in s_kinds.Array[1, 5]
        from labels in s_kinds.Array[0, 2]
        let kinds = ((ColumnType Type, Shape Shape)[])[.. features, .. labels]
        from texts in Sequence([.. kinds.Select((_, index) => Definition(kinds, index, index >= features.Length, depth))])
        from numbers in Gen.OneOf("", "numbers: float32\n")
        select "view: generated\nfeatures:\n" + Lines(texts, 0, features.Length)
            + (labels.Length == 0 ? "" : "labels:\n" + Lines(texts, features.Length, texts.Length)) + numbers;

    private static Gen<string> Definition((ColumnType Type, Shape Shape)[] kinds, int index, bool isLabel, int depth)
    {
        var (type, shape) = kinds[index];
        if (shape != Shape.Single)
        {
            return shape.Definition(type, isLabel, depth, $"x{index}");
        }

        var cells = new ExpressionGen(atom =>
        {
            var aggregate = AggregateGen.Of(atom, isLabel, depth);
            var names = kinds.Take(index).Index()
                .Where(before => before.Item.Type == atom)
                .SelectMany(before => before.Item.Shape.Suffixes.Select(suffix => $"x{before.Index}{suffix}"))
                .Concat(atom == ColumnType.Int64 ? s_ofWeek : []).ToArray();
            return names.Length == 0 ? aggregate : Gen.Frequency((3, (IGen<string>)aggregate), (1, Gen.OneOf(names)));
        });
        return Gen.Frequency((3, (IGen<string>)AggregateGen.Of(type, isLabel, depth)), (2, cells.Of(type, depth)));
    }

    private static string Lines(string[] texts, int from, int to) => string.Concat(
        Enumerable.Range(from, to - from).Select(index => $"  x{index}: '{texts[index].Replace("'", "''")}'\n"));

    private static Gen<string[]> Sequence(Gen<string>[] texts) => texts.Aggregate(
        Gen.Const(Array.Empty<string>()), (before, next) => Gen.Select(before, next, (done, text) => (string[])[.. done, text]));
}
