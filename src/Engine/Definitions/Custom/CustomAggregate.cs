using FeatureService.Core.Columns;

namespace FeatureService.Engine.Definitions.Custom;

/// <summary>
/// An aggregate that the language cannot say, written in C#. It is used as any other, <c>my_aggregate(rides.fare where km > 1) over 13w</c>,
/// and is trusted code: it runs inside the service, on many threads at once, and must be a pure function of the events that it is given.
/// Write one by deriving from <see cref="CustomAggregate{TState}"/>.
/// </summary>
public abstract class CustomAggregate
{
    private protected CustomAggregate(string name, int version, ColumnType input, ColumnType result)
    {
        if (name.Length == 0 || !char.IsAsciiLetterLower(name[0]) || !name.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c == '_'))
        {
            throw new ArgumentException($"'{name}' is no name of an aggregate: expected lower-case letters, digits and '_', a letter first", nameof(name));
        }

        if (input == ColumnType.String || input == ColumnType.Float32 || result is ColumnType.None or ColumnType.String or ColumnType.Float32)
        {
            throw new ArgumentException($"{name}: a custom aggregate takes and gives bool, int64, float64, date or timestamp, or takes events: expected no text");
        }

        ArgumentOutOfRangeException.ThrowIfLessThan(version, 1);
        (Name, Version, Input, Result) = (name, version, input, result);
    }

    /// <summary>Its name in definitions.</summary>
    public string Name { get; }

    /// <summary>Part of the fingerprint of every feature that uses it: raise it with every change that may change a value.</summary>
    public int Version { get; }

    /// <summary>The type of value that it takes; <see cref="ColumnType.None"/> for one that takes events, as <c>my_aggregate(rides)</c>.</summary>
    public ColumnType Input { get; }

    /// <summary>The type of its result.</summary>
    public ColumnType Result { get; }

    internal abstract TOut Accept<TOut>(ICustomVisitor<TOut> visitor);
}

/// <summary>A custom aggregate with the type of its state.</summary>
/// <typeparam name="TState">What is known of some events; a plain struct without references.</typeparam>
/// <param name="name">Its name in definitions: lower-case letters, digits and <c>_</c>.</param>
/// <param name="version">From 1; part of every fingerprint that uses it.</param>
/// <param name="input">The type of value that it takes; <see cref="ColumnType.None"/> for events.</param>
/// <param name="result">The type of its result: bool, int64, float64, date or timestamp.</param>
public abstract class CustomAggregate<TState>(string name, int version, ColumnType input, ColumnType result)
    : CustomAggregate(name, version, input, result)
    where TState : unmanaged
{
    /// <summary>The state of no events. Default: all zero.</summary>
    public virtual TState Empty => default;

    /// <summary>
    /// Whether two states merge. Then the engine folds each week once and merges weeks in the fixed order of docs/evaluation.md; else every
    /// window is folded event by event. Default: no.
    /// </summary>
    public virtual bool CanMerge => false;

    /// <summary>A state with one more event; events come in event order, those without a value are left out.</summary>
    /// <param name="state">The state.</param>
    /// <param name="e">The event.</param>
    public abstract TState Add(TState state, in CustomEvent e);

    /// <summary>
    /// The state of older and newer events together; only where <see cref="CanMerge"/>. Merging with <see cref="Empty"/> must give the
    /// other state unchanged.
    /// </summary>
    /// <param name="older">The state of the older events.</param>
    /// <param name="newer">The state of the newer events.</param>
    public virtual TState Merge(TState older, TState newer) => throw new NotSupportedException($"{Name} does not merge");

    /// <summary>The result.</summary>
    /// <param name="state">The state of the window's events.</param>
    /// <param name="windowEnd">The window's end, microseconds UTC.</param>
    public abstract CustomValue Finish(TState state, long windowEnd);

    internal sealed override TOut Accept<TOut>(ICustomVisitor<TOut> visitor) => visitor.Visit(this);
}

/// <summary>Does something with a custom aggregate, whatever its state is.</summary>
internal interface ICustomVisitor<out TOut>
{
    TOut Visit<TState>(CustomAggregate<TState> aggregate)
        where TState : unmanaged;
}
