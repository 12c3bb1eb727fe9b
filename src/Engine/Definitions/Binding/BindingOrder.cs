using FeatureService.Engine.Definitions.Syntax;

namespace FeatureService.Engine.Definitions.Binding;

/// <summary>Orders definitions so that each stands behind those that it uses.</summary>
internal static class BindingOrder
{
    /// <summary>The definitions to bind, in order; those on a cycle, which is reported, are left out.</summary>
    /// <param name="definitions">The definitions, in the order of the file.</param>
    /// <param name="columns">Their columns by name.</param>
    public static IReadOnlyList<Definition> Of(IEnumerable<Definition> definitions, IReadOnlyDictionary<string, DefinedColumn> columns)
    {
        var ordered = new List<Definition>();
        var states = new Dictionary<Definition, bool>();
        var cyclic = new HashSet<Definition>();
        foreach (var root in definitions)
        {
            if (!states.ContainsKey(root))
            {
                Visit(root, columns, states, cyclic, ordered);
            }
        }

        return ordered.Where(definition => !cyclic.Contains(definition)).ToList();
    }

    /// <summary>Depth first, without recursion: a view may chain thousands of features.</summary>
    private static void Visit(
        Definition root,
        IReadOnlyDictionary<string, DefinedColumn> columns,
        Dictionary<Definition, bool> isDone,
        HashSet<Definition> cyclic,
        List<Definition> ordered)
    {
        var path = new List<(Definition Definition, IEnumerator<NameSyntax> Uses)> { (root, Uses(root)) };
        isDone[root] = false;
        while (path.Count > 0)
        {
            var (definition, uses) = path[^1];
            if (!uses.MoveNext())
            {
                isDone[definition] = true;
                ordered.Add(definition);
                path.RemoveAt(path.Count - 1);
            }
            else if (columns.TryGetValue(uses.Current.Name, out var column))
            {
                var used = column.Definition;
                if (!isDone.TryGetValue(used, out var done))
                {
                    isDone[used] = false;
                    path.Add((used, Uses(used)));
                }
                else if (!done)
                {
                    Report(path.Select(step => step.Definition).SkipWhile(step => step != used).ToList(), uses.Current, cyclic);
                }
            }
        }
    }

    private static void Report(List<Definition> cycle, NameSyntax closing, HashSet<Definition> cyclic)
    {
        if (cycle.Any(cyclic.Contains))
        {
            return;
        }

        var names = string.Join(" uses ", cycle.Select(definition => definition.Name).Append(closing.Name));
        cycle[^1].Errors.Add(closing.Position, $"definitions use each other in a circle: {names}");
        cyclic.UnionWith(cycle);
    }

    private static IEnumerator<NameSyntax> Uses(Definition definition) =>
        (definition.Syntax is { } syntax ? SyntaxWalk.NamesAroundAggregates(syntax.Expression) : []).GetEnumerator();
}
