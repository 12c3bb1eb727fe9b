namespace FeatureService.Engine.Definitions;

/// <summary>The bounds on definitions; each is told by its error.</summary>
internal static class Limits
{
    /// <summary>UTF-16 units of one definition's text.</summary>
    public const int DefinitionLengthMax = 64 * 1024;

    /// <summary>Parentheses, calls, cases and signs inside each other.</summary>
    public const int NestingMax = 64;

    /// <summary>
    /// Operators below each other, as in a long sum, other features written out. Whoever walks an expression may recurse: so many
    /// frames, of a few hundred bytes each, fit any stack.
    /// </summary>
    public const int TreeDepthMax = 500;

    /// <summary>Features and labels of a view.</summary>
    public const int ColumnCountMax = 4_096;

    /// <summary>Characters of a definition's normal form: features that use features could double it at every step.</summary>
    public const int NormalFormLengthMax = 256 * 1024;

    /// <summary>Characters of all normal forms of a view together.</summary>
    public const int NormalFormsLengthMax = 16 * 1024 * 1024;

    /// <summary><c>between</c> in the first operand of <c>between</c>: that operand is written twice.</summary>
    public const int BetweenNestingMax = 4;

    /// <summary>Days of a length: a thousand years, so that no sum of lengths leaves int32 days or int64 microseconds.</summary>
    public const int LengthDaysMax = 365_250;

    /// <summary>Errors that are listed for a file.</summary>
    public const int DiagnosticsMax = 1_000;
}
