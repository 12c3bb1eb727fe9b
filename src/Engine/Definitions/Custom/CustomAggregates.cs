using System.Collections.Frozen;
using FeatureService.Engine.Definitions.Syntax;

namespace FeatureService.Engine.Definitions.Custom;

/// <summary>The custom aggregates that definitions may use, by name.</summary>
public sealed class CustomAggregates
{
    private readonly FrozenDictionary<string, CustomAggregate> _byName;

    private CustomAggregates(FrozenDictionary<string, CustomAggregate> byName) => _byName = byName;

    /// <summary>None.</summary>
    public static CustomAggregates None { get; } = Of([]);

    /// <summary>Their names.</summary>
    public IEnumerable<string> Names => _byName.Keys;

    /// <summary>Some aggregates.</summary>
    /// <param name="aggregates">The aggregates.</param>
    /// <exception cref="ArgumentException">A name stands twice, or is one of the language.</exception>
    public static CustomAggregates Of(IEnumerable<CustomAggregate> aggregates)
    {
        var byName = new Dictionary<string, CustomAggregate>(StringComparer.Ordinal);
        foreach (var aggregate in aggregates)
        {
            if (Vocabulary.Aggregates.ContainsKey(aggregate.Name) || Vocabulary.Functions.ContainsKey(aggregate.Name) || Vocabulary.Reserved.Contains(aggregate.Name))
            {
                throw new ArgumentException($"the aggregate '{aggregate.Name}' has a name of the language: expected another");
            }

            if (!byName.TryAdd(aggregate.Name, aggregate))
            {
                throw new ArgumentException($"two aggregates are called '{aggregate.Name}': expected different names");
            }
        }

        return new CustomAggregates(byName.ToFrozenDictionary(StringComparer.Ordinal));
    }

    internal CustomAggregate? Find(string name) => _byName.GetValueOrDefault(name);
}
