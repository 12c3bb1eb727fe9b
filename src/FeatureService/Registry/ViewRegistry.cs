
namespace FeatureService.Registry;

/// <summary>The published views.</summary>
/// <param name="views">The views; full names differ.</param>
public sealed class ViewRegistry(IReadOnlyList<PublishedView> views)
{
    /// <summary>The views, by full name.</summary>
    public IReadOnlyList<PublishedView> Views { get; } = views;

    /// <summary>Finds a published view.</summary>
    /// <param name="name"><c>team/view</c>, or <c>view</c> where one team alone has a view of that name.</param>
    /// <exception cref="RequestException">There is none, or several teams have one.</exception>
    public PublishedView Find(string name)
    {
        var found = Views.Where(v => v.FullName == name || v.Name == name).ToArray();
        return found.Length switch
        {
            1 => found[0],
            0 => throw new RequestException(
                FailureKind.NotFound,
                $"there is no view '{name}'{NearestName.Hint(name, Views.Select(v => name.Contains('/', StringComparison.Ordinal) ? v.FullName : v.Name))}"),
            _ => throw RequestException.Invalid(
                "view.name", $"several teams have a view '{name}': expected one of {string.Join(", ", found.Select(v => v.FullName))}"),
        };
    }
}
