namespace FeatureService.Engine.Reference.Tracing;

/// <summary>Whether an event counted for an aggregate, and if not the first reason why.</summary>
public enum EventVerdict : byte
{
    /// <summary>It counted.</summary>
    Counted,

    /// <summary>It lies before the window's start.</summary>
    BeforeTheWindow,

    /// <summary>It lies at or behind the window's end.</summary>
    BehindTheWindow,

    /// <summary>It was not known yet at the row's cutoff.</summary>
    NotKnown,

    /// <summary><c>where</c> is false.</summary>
    WhereFalse,

    /// <summary><c>where</c> is null.</summary>
    WhereNull,

    /// <summary>Its value is null, which every aggregate skips.</summary>
    ValueNull,

    /// <summary>Later events are the last so many.</summary>
    NotAmongTheLast,
}

/// <summary>How verdicts are told.</summary>
public static class EventVerdicts
{
    /// <summary>The reason in words; empty of an event that counted.</summary>
    /// <param name="verdict">The verdict.</param>
    public static string Reason(this EventVerdict verdict) => verdict switch
    {
        EventVerdict.BeforeTheWindow => "before the window",
        EventVerdict.BehindTheWindow => "at or behind the window's end",
        EventVerdict.NotKnown => "not known at the cutoff",
        EventVerdict.WhereFalse => "where is false",
        EventVerdict.WhereNull => "where is null",
        EventVerdict.ValueNull => "the value is null",
        EventVerdict.NotAmongTheLast => "not among the last N",
        _ => "",
    };
}
