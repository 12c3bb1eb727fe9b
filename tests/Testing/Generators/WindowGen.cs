using CsCheck;

namespace FeatureService.Testing.Generators;

/// <summary>Texts of windows: every kind, with and without <c>lag</c>.</summary>
public static class WindowGen
{
    private static readonly Gen<string> s_length = Gen.Frequency(
        (6, (IGen<string>)Gen.Int[1, 13].Select(n => $"{n}w")),
        (1, Gen.OneOf("20w", "26w", "7d", "14d", "364d")),
        (2, Gen.Int[1, 40].Select(n => $"{n}d")),
        (2, Gen.Int[1, 400].Select(n => $"{n}h")),
        (1, Gen.OneOf("1min", "90min", "1440min")));

    /// <summary>What may stand behind <c>over</c> in a definition of one column, or with <c>by</c>.</summary>
    /// <param name="isLabel">Whether it stands in a label: with <c>next</c>, without <c>last N events</c>.</param>
    public static Gen<string> Of(bool isLabel)
    {
        var lag = Gen.Frequency((2, (IGen<string>)Gen.Const("")), (1, s_length.Select(length => " lag " + length)));
        var span = Gen.Frequency(
            (7, (IGen<string>)s_length),
            (2, Gen.Const("all")),
            (isLabel ? 0 : 3, Gen.Frequency((8, (IGen<int>)Gen.Int[1, 6]), (1, Gen.Const(100))).Select(n => $"last {n} events")),
            (isLabel ? 9 : 0, s_length.Select(length => "next " + length)));
        return Gen.Select(span, lag, (x, y) => x + y);
    }

    /// <summary>What may stand behind <c>over</c> in <c>series</c>: lengths of one unit.</summary>
    public static Gen<string> OfSeries { get; } =
        from unit in Gen.OneOf("w", "w", "d", "h", "min")
        from span in Gen.Int[1, 30]
        from lag in Gen.Frequency((2, (IGen<string>)Gen.Const("")), (1, Gen.Int[1, 30].Select(n => $" lag {n}{unit}")))
        select $"{span}{unit}{lag}";
}
