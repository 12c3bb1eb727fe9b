using System.Globalization;

namespace FeatureService.Client.Datasets.Spines;

/// <summary>Gathers rows of a spine that cannot be filled: the first of them, and how many.</summary>
/// <param name="table">What messages call the spine.</param>
internal sealed class SpineProblems(string table)
{
    private const int ListedMax = 10;

    private readonly List<string> _messages = [];
    private long _count;

    /// <summary>Notes a row.</summary>
    /// <param name="line">Its line or number.</param>
    /// <param name="message">What is wrong, and what was expected.</param>
    public void Add(long line, string message)
    {
        if (_count++ < ListedMax)
        {
            _messages.Add(string.Create(CultureInfo.InvariantCulture, $"{table}:{line}: {message}"));
        }
    }

    /// <summary>Ends the work where there was one.</summary>
    /// <exception cref="SpineException">There was.</exception>
    public void ThrowIfAny()
    {
        if (_count > _messages.Count)
        {
            throw new SpineException([.. _messages, string.Create(CultureInfo.InvariantCulture, $"and {_count - _messages.Count} more")]);
        }

        if (_count > 0)
        {
            throw new SpineException(_messages);
        }
    }
}
