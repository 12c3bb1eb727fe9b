using FeatureService.Core.Calendar;
using FeatureService.Engine.Definitions.Syntax;

namespace FeatureService.Engine.Definitions.Binding;

/// <summary>The aggregates that <c>by</c> and <c>series</c> stand for, one a column.</summary>
internal static class SeveralColumns
{
    /// <summary>The aggregate of the events whose column has a value, for each value.</summary>
    public static IEnumerable<CallSyntax> By(CallSyntax aggregate, BySyntax by) => by.Values.Select(value => aggregate with
    {
        Filter = new BinarySyntax(value.Value.Position, "by", ScalarFunction.Equal, by.Column, value.Value) { Depth = 2 },
    });

    /// <summary>The aggregate at lag M + (k - 1) L, for k from 1; none where it has no such lags, which is reported.</summary>
    public static IEnumerable<CallSyntax> Series(CallSyntax aggregate, SeriesSyntax series, ErrorReport errors)
    {
        if (aggregate.Window is not { Window: { Kind: WindowKind.Over, Span: { } span } window } syntax)
        {
            errors.Add(
                aggregate.Window?.Position ?? aggregate.Position,
                "series moves a window of a fixed length back: expected a length behind over, as series(count(SOURCE) over 1w, 12)");
            return [];
        }

        if (window.Lag is { } lag && lag.Unit != span.Unit)
        {
            errors.Add(syntax.Position, $"series has a window in {Unit(span)} and a lag in {Unit(lag)}: expected both in one unit");
            return [];
        }

        var furthest = (window.Lag?.Amount ?? 0L) + ((long)series.Count * span.Amount);
        if (!LengthText.Fits(furthest, span.Unit))
        {
            errors.Add(series.CountPosition, $"series reaches too far back: expected at most {Limits.LengthDaysMax} days");
            return [];
        }

        return Enumerable.Range(0, series.Count).Select(k =>
        {
            var amount = (window.Lag?.Amount ?? 0) + (k * span.Amount);
            return aggregate with
            {
                Window = syntax with { Window = window with { Lag = amount == 0 ? null : new Length(amount, span.Unit) } },
            };
        });
    }

    private static string Unit(Length length) => length.Unit switch
    {
        LengthUnit.Minute => "min",
        LengthUnit.Hour => "h",
        LengthUnit.Day => "d",
        _ => "w",
    };
}
