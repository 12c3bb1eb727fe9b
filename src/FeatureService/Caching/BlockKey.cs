using System.Globalization;
using System.Text;

namespace FeatureService.Caching;

/// <summary>
/// Name of one block: the values of one column for some entities of a slice in a chunk of 64 weeks. It hashes all that decides them, so
/// equal names have equal values, and nothing ever has to be invalidated.
/// </summary>
/// <param name="Hash">XXH3-128 of format, engine, definition, number type, content and chunk.</param>
/// <param name="Fingerprint">The definition's, which the hash covers too: people find a feature's entries by it.</param>
internal readonly record struct BlockKey(UInt128 Hash, string Fingerprint)
{
    /// <summary>Weeks of a chunk, aligned to the number of the week.</summary>
    public const int ChunkWeeks = 64;

    /// <summary>
    /// Entities of a block: with eight bytes a value and all weeks of its chunk it takes 64 KiB, the size that Redis and its connections
    /// like best.
    /// </summary>
    public const int RunEntities = 128;

    /// <summary>The key in Redis.</summary>
    /// <param name="space">What keys start with.</param>
    public string Text(string space)
    {
        var text = new StringBuilder(space.Length + 72);
        text.Append(CultureInfo.InvariantCulture, $"{space}:b{BlockCodec.Format}:{Fingerprint}:{Hash:x32}");
        return text.ToString();
    }
}
