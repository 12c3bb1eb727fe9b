namespace FeatureService.Hosting;

/// <summary>What values a setting takes.</summary>
public enum SettingKind
{
    /// <summary>A text.</summary>
    Text,

    /// <summary>Any number of texts.</summary>
    Texts,

    /// <summary>A number.</summary>
    Number,

    /// <summary>On or off.</summary>
    Switch,
}

/// <summary>One setting of the service: a flag <c>--name</c>, a variable <c>FEATURES__NAME</c>, a key of the configuration file.</summary>
/// <param name="Name">Its name, in words joined by <c>-</c>.</param>
/// <param name="Kind">What values it takes.</param>
/// <param name="ValueName">What help calls its value; empty for a switch.</param>
/// <param name="Description">What it does, with its default.</param>
public sealed record Setting(string Name, SettingKind Kind, string ValueName, string Description)
{
    /// <summary>The flag.</summary>
    public string Flag => "--" + Name;

    /// <summary>The environment variable.</summary>
    public string Variable => "FEATURES__" + Name.Replace('-', '_').ToUpperInvariant();
}
