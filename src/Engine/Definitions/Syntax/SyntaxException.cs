namespace FeatureService.Engine.Definitions.Syntax;

/// <summary>Ends the parsing of one definition at its first error; caught where that parsing starts.</summary>
/// <param name="index">Where in the definition.</param>
/// <param name="message">What is wrong and what was expected.</param>
/// <param name="cutOff">Whether the definition seems to end too early.</param>
internal sealed class SyntaxException(int index, string message, bool cutOff = false) : Exception(message)
{
    /// <summary>Where in the definition.</summary>
    public int Index => index;

    /// <summary>Whether the definition seems to end too early: what follows may have been lost to YAML.</summary>
    public bool CutOff => cutOff;
}
