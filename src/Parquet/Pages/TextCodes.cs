using FeatureService.Core.Columns;
using FeatureService.Core.Columns.Encodings;

namespace FeatureService.Parquet.Pages;

/// <summary>Texts as codes of one dictionary, whichever dictionaries they arrived with.</summary>
internal sealed class TextCodes
{
    /// <summary>The most bytes of the dictionary's texts.</summary>
    private const int TextBytesMax = 1 << 20;

    private readonly DecodeBuffer _buffer = new();
    private int[] _codes = [];

    /// <summary>The texts.</summary>
    public TextDictionary Dictionary { get; } = new();

    /// <summary>Adds texts; false where they become too many.</summary>
    /// <param name="run">The rows.</param>
    /// <param name="codes">One for each row; any where it is null.</param>
    public bool TryRead(EncodedColumn run, Span<ushort> codes) =>
        run.Dictionary is { } dictionary ? TryMap(run, dictionary, codes) : TryHash(run, codes);

    private bool TryMap(EncodedColumn run, StringTable dictionary, Span<ushort> codes)
    {
        var codeOf = new ushort[dictionary.Count];
        for (var i = 0; i < codeOf.Length; i++)
        {
            if (!TryAdd(dictionary[i], out codeOf[i]))
            {
                return false;
            }
        }

        if (_codes.Length < run.Length)
        {
            _codes = new int[run.Length];
        }

        var textCodes = _codes.AsSpan(0, run.Length);
        run.CopyCodes(textCodes);
        for (var row = 0; row < codes.Length; row++)
        {
            codes[row] = codeOf[textCodes[row]];
        }

        return true;
    }

    private bool TryHash(EncodedColumn run, Span<ushort> codes)
    {
        var column = run.Decode(_buffer);
        ReadOnlySpan<byte> before = default;
        for (var row = 0; row < codes.Length; row++)
        {
            if (!column.IsValid(row))
            {
                continue;
            }

            // Equal texts often stand together.
            var text = column.Utf8(row);
            if (row > 0 && column.IsValid(row - 1) && text.SequenceEqual(before))
            {
                codes[row] = codes[row - 1];
            }
            else if (!TryAdd(text, out codes[row]))
            {
                return false;
            }

            before = text;
        }

        return true;
    }

    private bool TryAdd(ReadOnlySpan<byte> text, out ushort code)
    {
        var found = Dictionary.Add(text);
        code = (ushort)found;
        return found < ChunkCodes.CountMax && Dictionary.Utf8Length <= TextBytesMax;
    }
}
