
namespace FeatureService.Pipeline.Requests;

/// <summary>Gathers what is wrong with a request, so that the caller learns everything at once.</summary>
internal sealed class Violations
{
    /// <summary>The most that are gathered: a request of a million wrong weeks is wrong after the first few.</summary>
    private const int CountMax = 1000;

    private readonly List<Violation> _violations = [];

    /// <summary>Number of faults so far.</summary>
    public int Count => _violations.Count;

    /// <summary>Notes a fault.</summary>
    public void Add(string field, string message)
    {
        if (_violations.Count < CountMax)
        {
            _violations.Add(new Violation(field, message));
        }
    }

    /// <summary>Notes the faults of another check.</summary>
    public void Add(IEnumerable<Violation> violations)
    {
        foreach (var violation in violations)
        {
            Add(violation.Field, violation.Message);
        }
    }

    /// <summary>Refuses the request where there was a fault.</summary>
    /// <exception cref="RequestException">There was.</exception>
    public void ThrowIfAny()
    {
        if (_violations.Count > 0)
        {
            throw RequestException.Invalid(_violations);
        }
    }
}
