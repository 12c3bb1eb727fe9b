namespace FeatureService.Registry;

/// <summary>The published views.</summary>
/// <param name="files">The views directory as it is.</param>
public sealed class ViewRegistry(PublishedFiles files)
{
    private volatile PublishedFiles _current = files;

    /// <summary>The views directory as it was last read. A request reads it once.</summary>
    public PublishedFiles Current => _current;

    /// <summary>Finds a published view.</summary>
    /// <param name="name"><c>team/view</c>, or <c>view</c> where one team alone has a view of that name.</param>
    /// <returns>Its file, with a version that is served.</returns>
    /// <exception cref="RequestException">There is none, several teams have one, or it was never good.</exception>
    public PublishedFile Find(string name)
    {
        var files = Current.Files;
        var named = files.Where(f => f.FullName == name || f.FullName.EndsWith("/" + name, StringComparison.Ordinal)).ToArray();
        var served = named.Where(f => f.Served is not null).ToArray();
        return served.Length switch
        {
            1 => served[0],
            0 when named.Length > 0 => throw new RequestException(
                FailureKind.NotFound, $"view '{name}' has no version that could be served: {named[0].Errors[0]}"),
            0 => throw new RequestException(FailureKind.NotFound, $"there is no view '{name}'{Hint(name, files.Where(f => f.Served is not null))}"),
            _ => throw RequestException.Invalid(
                "view.name", $"several teams have a view '{name}': expected one of {string.Join(", ", served.Select(f => f.FullName))}"),
        };
    }

    /// <summary>Puts another state of the directory in place. Requests that have found their view go on with it.</summary>
    internal void Replace(PublishedFiles next) => _current = next;

    private static string Hint(string name, IEnumerable<PublishedFile> files) => NearestName.Hint(
        name, files.Select(f => name.Contains('/', StringComparison.Ordinal) ? f.FullName : f.Served!.Name));
}
