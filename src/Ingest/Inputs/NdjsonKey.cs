using System.Text.Json;
using FeatureService.Ingest.Values;

namespace FeatureService.Ingest.Inputs;

/// <summary>One key of the objects of a file, and what its values are.</summary>
/// <param name="name">The key.</param>
internal sealed class NdjsonKey(string name)
{
    /// <summary>The key.</summary>
    public string Name { get; } = name;

    /// <summary>The type that reads every value that is not empty.</summary>
    public TypeInference Type { get; } = new();

    /// <summary>Whether any value is an object or array, which no column of a source can be.</summary>
    public bool IsNested { get; private set; }

    /// <summary>Sees a value.</summary>
    /// <param name="kind">What it is.</param>
    /// <param name="value">Its text.</param>
    public void Add(JsonTokenType kind, ReadOnlySpan<byte> value)
    {
        if (kind is JsonTokenType.StartObject or JsonTokenType.StartArray)
        {
            IsNested = true;
        }
        else if (kind != JsonTokenType.Null && !value.IsEmpty && !Type.IsSettled)
        {
            Type.Add(value);
        }
    }

    /// <summary>Sees what another part of the file has seen.</summary>
    /// <param name="other">What it gave.</param>
    public NdjsonKey With(NdjsonKey other)
    {
        Type.Add(other.Type);
        IsNested |= other.IsNested;
        return this;
    }
}
