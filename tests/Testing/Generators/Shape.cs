using CsCheck;
using FeatureService.Core.Columns;

namespace FeatureService.Testing.Generators;

/// <summary>Whether a definition is one column or several, by <c>by</c> or <c>series</c>.</summary>
/// <param name="Before">What stands before the aggregate; null for one column.</param>
/// <param name="After">What stands behind it; <see cref="Name"/> stands for the definition's name.</param>
/// <param name="Suffixes">What follows the definition's name in those of its columns.</param>
public sealed record Shape(string? Before, string After, params string[] Suffixes)
{
    /// <summary>Stands for the definition's name in <see cref="After"/>.</summary>
    public const string Name = "NAME";

    private static readonly Shape[] s_series =
        [.. Enumerable.Range(1, 3).Select(n => new Shape("series(", $", {n})", [.. Enumerable.Range(1, n).Select(k => $"_{k}")]))];

    private static readonly Shape[] s_by =
    [
        new("", " by s in ('app', 'cash')", "_app", "_cash"),
        new("", " by s in ('App', '' as NAME_empty, 'it''s', '😀')", "_App", "_empty", "_it_s", "___"),
        new("", " by b in (true, false)", "_true", "_false"),
        new("", " by i in (0, 7, -3 as NAME_minus)", "_0", "_7", "_minus"),
        new("", " by f in (0.5 as NAME_half, 2.5 as NAME_more)", "_half", "_more"),
    ];

    /// <summary>One column.</summary>
    public static Shape Single { get; } = new(null, "", "");

    /// <summary>Shapes.</summary>
    public static Gen<Shape> Any { get; } = Gen.Frequency(
        (11, (IGen<Shape>)Gen.Const(Single)), (2, Gen.OneOf(s_series)), (3, Gen.OneOf(s_by)));

    /// <summary>An aggregate in this shape.</summary>
    /// <param name="type">The type of its result.</param>
    /// <param name="isLabel">Whether it stands in a label.</param>
    /// <param name="depth">How deep operators may nest in its input and <c>where</c>.</param>
    /// <param name="name">The definition's name.</param>
    public Gen<string> Definition(ColumnType type, bool isLabel, int depth, string name)
    {
        var windows = Before == "" ? WindowGen.Of(isLabel) : WindowGen.OfSeries;
        var after = After.Replace(Name, name, StringComparison.Ordinal);
        return AggregateGen.Of(type, isLabel, depth, windows).Select(aggregate => Before + aggregate + after);
    }
}
