namespace FeatureService.Client.Datasets.Spines;

/// <summary>A spine that cannot be filled: a column is missing or has a wrong type, or rows have no entity or no week.</summary>
/// <param name="messages">Each what is wrong, where, and what was expected.</param>
public sealed class SpineException(IReadOnlyList<string> messages) : Exception(string.Join('\n', messages))
{
    /// <summary>Everything that is wrong.</summary>
    public IReadOnlyList<string> Messages { get; } = messages;
}
