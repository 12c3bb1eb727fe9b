namespace FeatureService.Engine.Reference;

/// <summary>What a cell has instead of a value when an int64 operation overflows.</summary>
/// <param name="Operation">The operation as the language writes it: <c>sum</c>, <c>+</c>, <c>-</c>, <c>*</c> or <c>abs</c>.</param>
public sealed record Overflow(string Operation);
