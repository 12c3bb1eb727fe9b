namespace FeatureService.Telemetry;

/// <summary>The steps of a request, as metrics and spans name them.</summary>
public enum Stage
{
    /// <summary>It is let in.</summary>
    Admit,

    /// <summary>It is read, its view bound and planned.</summary>
    Plan,

    /// <summary>It waits for workers and what they compute.</summary>
    Compute,

    /// <summary>Its answer is encoded and written, which waits for a slow reader.</summary>
    Reply,
}
