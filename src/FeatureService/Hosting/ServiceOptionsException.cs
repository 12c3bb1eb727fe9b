namespace FeatureService.Hosting;

/// <summary>The service cannot start with what it was given: options, views or folders are wrong.</summary>
/// <param name="errors">Every error, at least one.</param>
public sealed class ServiceOptionsException(IReadOnlyList<string> errors) : Exception(string.Join('\n', errors))
{
    /// <summary>Every error.</summary>
    public IReadOnlyList<string> Errors { get; } = errors;
}
