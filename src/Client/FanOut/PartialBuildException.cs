namespace FeatureService.Client.FanOut;

/// <summary>
/// The service was lost in the middle: what is stored is good, and the work can be resumed from it.
/// </summary>
/// <param name="message">What was lost and for how long.</param>
/// <param name="inner">The last failure.</param>
public sealed class PartialBuildException(string message, Exception? inner = null) : Exception(message, inner);
