namespace FeatureService.Samples.Taxi;

/// <summary>The texts that codes stand for.</summary>
public static class TaxiWords
{
    /// <summary>Values of <c>app_opens.platform</c>.</summary>
    public static IReadOnlyList<string> Platforms { get; } = ["ios", "android", "web"];

    /// <summary>Values of <c>rides.payment</c>.</summary>
    public static IReadOnlyList<string> Payments { get; } = ["app", "card", "cash"];

    /// <summary>Values of <c>coupons.action</c>.</summary>
    public static IReadOnlyList<string> Actions { get; } = ["granted", "used"];

    /// <summary>Values of <c>users.city</c>, the commonest first.</summary>
    public static IReadOnlyList<string> Cities { get; } = ["tokyo", "yokohama", "kawasaki", "saitama", "chiba"];

    /// <summary>Values of <c>users.channel</c>, the commonest first.</summary>
    public static IReadOnlyList<string> Channels { get; } = ["friend", "search", "ad", "store"];

    /// <summary>Values of <c>rides.area</c>: the wards of Tokyo, the busiest first.</summary>
    public static IReadOnlyList<string> Areas { get; } =
    [
        "minato", "shibuya", "shinjuku", "chiyoda", "chuo", "setagaya", "shinagawa", "meguro", "toshima", "ota", "taito", "koto",
        "bunkyo", "suginami", "nakano", "sumida", "itabashi", "nerima", "kita", "adachi", "edogawa", "arakawa", "katsushika",
    ];
}
