using System.Runtime.InteropServices;
using FeatureService.Core.Columns;
using FeatureService.Core.Keys;

namespace FeatureService.Pipeline.Requests;

/// <summary>Reads the entities of requests.</summary>
internal static class KeysReader
{
    /// <summary>The keys in the order named; null where they are wrong, which is then noted.</summary>
    public static EntityKey[]? Read(Contracts.V1.EntityKeys? keys, string field, EntityKeyType type, Violations violations)
    {
        var numbers = keys?.Int64Keys.Count ?? 0;
        var texts = keys?.StringKeys.Count ?? 0;
        if (type == EntityKeyType.Int64 ? texts > 0 : numbers > 0)
        {
            violations.Add(
                $"{field}.{(type == EntityKeyType.Int64 ? "string_keys" : "int64_keys")}",
                $"keys of this catalog are {type.ToString().ToLowerInvariant()}: expected {(type == EntityKeyType.Int64 ? "int64_keys" : "string_keys")}");
            return null;
        }

        if (numbers + texts == 0)
        {
            violations.Add(field, "expected at least one key");
            return null;
        }

        return type == EntityKeyType.Int64
            ? [.. keys!.Int64Keys.Select(EntityKey.Of)]
            : [.. keys!.StringKeys.Select(EntityKey.Of)];
    }

    /// <summary>The keys of a grid, of which each may be named once; a second one is noted.</summary>
    public static EntityKey[]? ReadDistinct(Contracts.V1.EntityKeys? keys, string field, EntityKeyType type, Violations violations)
    {
        var read = Read(keys, field, type, violations);
        if (read is null or { Length: 1 })
        {
            return read;
        }

        var seen = new HashSet<EntityKey>(read.Length);
        for (var i = 0; i < read.Length; i++)
        {
            if (!seen.Add(read[i]))
            {
                violations.Add($"{field}.{(type == EntityKeyType.Int64 ? "int64_keys" : "string_keys")}[{i}]", $"'{read[i]}' is named twice");
            }
        }

        return read;
    }

    /// <summary>A list of keys as columns hold them.</summary>
    public static EntityKeys Pack(IReadOnlyList<EntityKey> keys, EntityKeyType type)
    {
        if (type == EntityKeyType.Int64)
        {
            return new EntityKeys(keys.Select(k => k.Number).ToArray());
        }

        var offsets = new int[keys.Count + 1];
        for (var i = 0; i < keys.Count; i++)
        {
            offsets[i + 1] = checked(offsets[i] + keys[i].Utf8.Length);
        }

        var utf8 = new byte[offsets[^1]];
        for (var i = 0; i < keys.Count; i++)
        {
            keys[i].Utf8.CopyTo(utf8.AsSpan(offsets[i]));
        }

        return new EntityKeys(new StringTable(keys.Count, MemoryMarshal.AsBytes<int>(offsets).ToArray(), utf8));
    }
}
