namespace FeatureService.Client.Transport.Pods;

/// <summary>
/// What keeps retries a small part of all calls, so that they cannot make an overload worse: a retry takes a token, a call that is
/// answered gives a tenth of one back. Streams need none: they wait until their pods answer.
/// </summary>
internal sealed class RetryBudget
{
    private const int TenthsMax = 100;
    private const int RetryTenths = 10;

    private readonly Lock _lock = new();
    private int _tenths = TenthsMax;

    /// <summary>A call was answered.</summary>
    public void Answered()
    {
        lock (_lock)
        {
            _tenths = Math.Min(_tenths + 1, TenthsMax);
        }
    }

    /// <summary>Asks for a retry.</summary>
    /// <returns>Whether there is a token for it.</returns>
    public bool TryTake()
    {
        lock (_lock)
        {
            if (_tenths < RetryTenths)
            {
                return false;
            }

            _tenths -= RetryTenths;
            return true;
        }
    }
}
