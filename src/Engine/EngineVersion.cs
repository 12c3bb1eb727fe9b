namespace FeatureService.Engine;

/// <summary>Version of what values mean.</summary>
public static class EngineVersion
{
    /// <summary>Raised when any definition would give another value; part of every fingerprint.</summary>
    public const int Semantics = 1;
}
