namespace FeatureService.Registry;

/// <summary>A view that lies in the views directory.</summary>
/// <param name="Team">The team that owns it: the name of its folder.</param>
/// <param name="Name">Its name: of its file, and its <c>view:</c> key.</param>
/// <param name="File">The file, relative to the views directory.</param>
/// <param name="Text">The file's text.</param>
public sealed record PublishedView(string Team, string Name, string File, string Text)
{
    /// <summary><c>team/view</c>.</summary>
    public string FullName { get; } = $"{Team}/{Name}";

    /// <summary>What the text is known by where views are bound.</summary>
    internal UInt128 TextHash { get; } = BoundViews.HashOf(Text);
}
