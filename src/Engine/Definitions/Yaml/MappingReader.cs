namespace FeatureService.Engine.Definitions.Yaml;

/// <summary>A mapping whose keys are known: reports those that stand twice or are unknown.</summary>
internal sealed class MappingReader
{
    private readonly SourceText _source;
    private readonly Dictionary<string, (YamlScalar Key, YamlNode Value)> _entries = [];
    private readonly string _what;

    /// <summary>Checks the keys of a mapping.</summary>
    /// <param name="source">Where errors go.</param>
    /// <param name="mapping">The mapping.</param>
    /// <param name="what">What it describes, for messages: "the catalog".</param>
    /// <param name="known">Its keys.</param>
    public MappingReader(SourceText source, YamlMapping mapping, string what, string[] known)
    {
        _source = source;
        _what = what;
        Start = mapping.Start;
        foreach (var (key, value) in mapping.Entries)
        {
            if (_entries.TryGetValue(key.Value, out var first))
            {
                source.Report(key.Start, Duplicate(source, $"the key '{key.Value}'", first.Key));
            }
            else if (!known.Contains(key.Value))
            {
                source.Report(key.Start, $"unknown key '{key.Value}' in {what}: {NearestName.Hint(key.Value, known)}");
            }
            else
            {
                _entries.Add(key.Value, (key, value));
            }
        }
    }

    /// <summary>Where the mapping starts.</summary>
    public int Start { get; }

    /// <summary>The message about something that stands twice.</summary>
    public static string Duplicate(SourceText source, string what, YamlNode first) =>
        $"{what} stands twice: the first is in line {source.At(first.Start, "").Line}";

    /// <summary>Whether a key is there.</summary>
    public bool Has(string key) => _entries.ContainsKey(key);

    /// <summary>Where a key that is there starts.</summary>
    public int KeyStart(string key) => _entries[key].Key.Start;

    /// <summary>A key's value; null where it is not there.</summary>
    public YamlNode? Optional(string key) => _entries.TryGetValue(key, out var entry) ? entry.Value : null;

    /// <summary>A key's text; null where it is not there or no text, which is reported.</summary>
    public YamlScalar? OptionalText(string key)
    {
        var value = Optional(key);
        if (value is null or YamlScalar { IsEmpty: false, Value.Length: > 0 })
        {
            return value as YamlScalar;
        }

        var found = value is YamlScalar { IsEmpty: false } ? "an empty text" : value.Kind;
        _source.Report(_entries[key].Key.Start, $"the key '{key}' of {_what} has {found}: expected a text");
        return null;
    }

    /// <summary>A key's text; null where it is missing or no text, which is reported.</summary>
    public YamlScalar? RequiredText(string key)
    {
        if (!Has(key))
        {
            _source.Report(Start, $"{_what} has no key '{key}': expected one");
        }

        return OptionalText(key);
    }

    /// <summary>A key's mapping; null where it is missing or no mapping, which is reported.</summary>
    /// <param name="key">The key.</param>
    /// <param name="content">What the mapping holds, for messages.</param>
    /// <param name="isRequired">Whether a missing key is an error.</param>
    public YamlMapping? Mapping(string key, string content, bool isRequired)
    {
        if (!_entries.TryGetValue(key, out var entry))
        {
            if (isRequired)
            {
                _source.Report(Start, $"{_what} has no key '{key}': expected {content}");
            }

            return null;
        }

        if (entry.Value is YamlMapping mapping)
        {
            return mapping;
        }

        _source.Report(entry.Key.Start, $"the key '{key}' of {_what} has {entry.Value.Kind}: expected {content}");
        return null;
    }
}
