namespace FeatureService.Samples.Taxi;

/// <summary>Events and profiles of some users, by columns; instants are microseconds UTC, texts are codes into <see cref="TaxiWords"/>.</summary>
public sealed class TaxiEvents
{
    /// <summary>When the app was opened, and on what.</summary>
    public AppOpenColumns AppOpens { get; } = new();

    /// <summary>The rides taken.</summary>
    public RideColumns Rides { get; } = new();

    /// <summary>Coupons granted and used.</summary>
    public CouponColumns Coupons { get; } = new();

    /// <summary>Who the users are: facts without time.</summary>
    public UserColumns Users { get; } = new();

    /// <summary>Columns of <c>app_opens</c>.</summary>
    public sealed class AppOpenColumns
    {
        /// <summary>Who.</summary>
        public List<long> UserId { get; } = [];

        /// <summary>When.</summary>
        public List<long> OpenedAt { get; } = [];

        /// <summary>Codes into <see cref="TaxiWords.Platforms"/>.</summary>
        public List<byte> Platform { get; } = [];
    }

    /// <summary>Columns of <c>rides</c>.</summary>
    public sealed class RideColumns
    {
        /// <summary>Who.</summary>
        public List<long> UserId { get; } = [];

        /// <summary>When the ride began.</summary>
        public List<long> PickedUpAt { get; } = [];

        /// <summary>Yen.</summary>
        public List<long> Fare { get; } = [];

        /// <summary>Kilometres, in hundredths.</summary>
        public List<double> Km { get; } = [];

        /// <summary>How long it took.</summary>
        public List<long> Minutes { get; } = [];

        /// <summary>Codes into <see cref="TaxiWords.Areas"/>: where it ended.</summary>
        public List<byte> Area { get; } = [];

        /// <summary>Codes into <see cref="TaxiWords.Payments"/>.</summary>
        public List<byte> Payment { get; } = [];

        /// <summary>Stars from 1 to 5; 0 where the rider gave none, which is null in the file.</summary>
        public List<byte> Rating { get; } = [];
    }

    /// <summary>Columns of <c>coupons</c>.</summary>
    public sealed class CouponColumns
    {
        /// <summary>Who.</summary>
        public List<long> UserId { get; } = [];

        /// <summary>When.</summary>
        public List<long> At { get; } = [];

        /// <summary>Codes into <see cref="TaxiWords.Actions"/>.</summary>
        public List<byte> Action { get; } = [];

        /// <summary>Yen.</summary>
        public List<long> Value { get; } = [];
    }

    /// <summary>Columns of <c>users</c>, one row a user.</summary>
    public sealed class UserColumns
    {
        /// <summary>Who.</summary>
        public List<long> UserId { get; } = [];

        /// <summary>Codes into <see cref="TaxiWords.Cities"/>.</summary>
        public List<byte> City { get; } = [];

        /// <summary>Codes into <see cref="TaxiWords.Channels"/>: what led to the app.</summary>
        public List<byte> Channel { get; } = [];

        /// <summary>Year of birth.</summary>
        public List<long> BirthYear { get; } = [];
    }
}
