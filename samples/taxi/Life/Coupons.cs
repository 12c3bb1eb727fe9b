namespace FeatureService.Samples.Taxi.Life;

/// <summary>The coupons of one user: at most one is open at a time, and it lapses after four weeks.</summary>
internal struct Coupons()
{
    /// <summary>Weeks for which a coupon can be used.</summary>
    public const int WeeksValid = 4;

    private long _openFrom = long.MaxValue;
    private int _lapsesAfterWeek = -1;
    private int _lastUsedWeek = -1000;
    private long _value;

    /// <summary>Whether one may be used in a week.</summary>
    public readonly bool IsOpen(int week) => week < _lapsesAfterWeek;

    /// <summary>Grants one on a Monday between ten and eleven.</summary>
    public void Grant(TaxiEvents.CouponColumns events, long user, int week, long weekStart, ref SplitMix random)
    {
        _openFrom = weekStart + (TaxiClock.MicrosPerSecond * (36_000 + random.Below(3_600)));
        _lapsesAfterWeek = week + WeeksValid;
        _value = 100 * (3 + (2 * random.Below(3)));
        Add(events, user, _openFrom, 0);
    }

    /// <summary>
    /// Uses the open coupon at the end of a ride, or not: people who open the app often, who did so lately and who used coupons
    /// lately are the likelier ones. This is what a model can learn.
    /// </summary>
    public void MaybeUse(TaxiEvents.CouponColumns events, long user, int week, long at, double thrift, int opensLately, ref SplitMix random)
    {
        if (!IsOpen(week) || at <= _openFrom)
        {
            return;
        }

        var engaged = opensLately == 0 ? 0.2 : opensLately < 4 ? 0.45 : 0.8;
        var habit = week - _lastUsedWeek <= 8 ? 1.25 : 0.9;
        if (random.Chance(engaged * habit * (0.2 + (0.8 * thrift))))
        {
            _lastUsedWeek = week;
            _lapsesAfterWeek = -1;
            Add(events, user, at, 1);
        }
    }

    private readonly void Add(TaxiEvents.CouponColumns events, long user, long at, byte action)
    {
        events.UserId.Add(user);
        events.At.Add(at);
        events.Action.Add(action);
        events.Value.Add(_value);
    }
}
