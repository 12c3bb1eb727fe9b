namespace FeatureService.Ingest;

/// <summary>The input of a build is wrong, missing or unreadable: the catalog's fault or the data's, not the program's.</summary>
/// <param name="messages">Each what is wrong, where, and what was expected.</param>
/// <param name="inner">What a library said; null where none did.</param>
public sealed class InputException(IReadOnlyList<string> messages, Exception? inner = null)
    : Exception(string.Join(Environment.NewLine, messages), inner)
{
    /// <summary>One thing is wrong.</summary>
    /// <param name="message">What is wrong, where, and what was expected.</param>
    /// <param name="inner">What a library said; null where none did.</param>
    public InputException(string message, Exception? inner = null)
        : this([message], inner)
    {
    }

    /// <summary>Everything that is wrong, each what, where, and what was expected.</summary>
    public IReadOnlyList<string> Messages { get; } = messages;
}
