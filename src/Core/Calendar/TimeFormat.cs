using System.Collections.Immutable;
using System.Globalization;

namespace FeatureService.Core.Calendar;

/// <summary>
/// A format of times in text by the directives of C's <c>strptime</c>: numbers may lack leading zeros, names are English in any case,
/// a space stands for one or more.
/// </summary>
public sealed class TimeFormat
{
    private const string Known = "%Y %y %m %b %B %d %e %j %H %I %p %M %S %f %z %a %A %F %T %R %D %%";

    private readonly ImmutableArray<TimeFormatPart> _parts;

    private TimeFormat(string text, ImmutableArray<TimeFormatPart> parts)
    {
        Text = text;
        _parts = parts;
        HasClock = parts.Any(part => part.IsDirective && part.Symbol is 'H' or 'I' or 'M' or 'S' or 'f' or 'z');
    }

    /// <summary>The format as written.</summary>
    public string Text { get; }

    /// <summary>Whether it has a time of day; else it names dates.</summary>
    public bool HasClock { get; }

    /// <summary>Reads a format.</summary>
    /// <param name="text">The format, as <c>%d/%m/%Y %H:%M</c>.</param>
    /// <param name="error">What is wrong with it, and what was expected; null where it is good.</param>
    /// <returns>Null where it is wrong.</returns>
    public static TimeFormat? TryParse(string text, out string? error)
    {
        var parts = ImmutableArray.CreateBuilder<TimeFormatPart>();
        error = Append(parts, text) ?? Contradiction(parts);
        return error is null ? new TimeFormat(text, parts.ToImmutable()) : null;
    }

    /// <summary>Reads a time.</summary>
    /// <param name="text">UTF-8; all of it must fit.</param>
    /// <param name="micros">Microseconds on the clock that the text names: UTC where it has an offset.</param>
    /// <param name="isLocal">Whether the text has no offset.</param>
    public bool TryRead(ReadOnlySpan<byte> text, out long micros, out bool isLocal)
    {
        var reader = new TimeFormatReader(text);
        foreach (var part in _parts)
        {
            if (!reader.Read(part))
            {
                (micros, isLocal) = (0, true);
                return false;
            }
        }

        return reader.Finish(out micros, out isLocal);
    }

    private static string? Append(ImmutableArray<TimeFormatPart>.Builder parts, string text)
    {
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] != '%')
            {
                if (!char.IsAscii(text[i]) || char.IsControl(text[i]))
                {
                    return string.Create(CultureInfo.InvariantCulture, $"the time format holds the character {(int)text[i]:x4}: expected printable ASCII");
                }

                parts.Add(new TimeFormatPart(false, text[i]));
                continue;
            }

            i++;
            var symbol = i < text.Length ? text[i] : ' ';
            var error = symbol switch
            {
                'F' => Append(parts, "%Y-%m-%d"),
                'T' => Append(parts, "%H:%M:%S"),
                'R' => Append(parts, "%H:%M"),
                'D' => Append(parts, "%m/%d/%y"),
                _ => AppendOne(parts, symbol),
            };
            if (error is not null)
            {
                return error;
            }
        }

        return null;
    }

    private static string? AppendOne(ImmutableArray<TimeFormatPart>.Builder parts, char symbol)
    {
        if (symbol == '%')
        {
            parts.Add(new TimeFormatPart(false, '%'));
            return null;
        }

        // What two directives mean alike is one symbol from here on.
        var same = symbol switch { 'B' or 'h' => 'b', 'e' => 'd', 'A' => 'a', _ => symbol };
        if (!"YymbdjHIpMSfza".Contains(same, StringComparison.Ordinal))
        {
            return $"the time format has '%{symbol}': expected of {Known}";
        }

        if (parts.Any(part => part.IsDirective && part.Symbol == same))
        {
            return $"the time format has '%{symbol}' or its like twice: expected each once";
        }

        parts.Add(new TimeFormatPart(true, same));
        return null;
    }

    private static string? Contradiction(ImmutableArray<TimeFormatPart>.Builder parts)
    {
        bool Has(char symbol) => parts.Any(part => part.IsDirective && part.Symbol == symbol);
        if (Has('Y') == Has('y') || (Has('j') ? Has('m') || Has('b') || Has('d') : Has('m') == Has('b') || !Has('d')))
        {
            return "the time format does not name a date: expected year, month and day each once, as %Y-%m-%d, or year and %j";
        }

        if (Has('I') != Has('p') || (Has('H') && Has('I')))
        {
            return "the time format mixes clocks of 12 and 24 hours: expected %H, or %I and %p";
        }

        return Has('f') && !Has('S') ? "the time format has %f without %S: expected both"
            : Has('S') && !Has('M') ? "the time format has %S without %M: expected both"
            : (Has('M') || Has('z')) && !Has('H') && !Has('I') ? "the time format has %M or %z without an hour: expected %H, or %I and %p"
            : null;
    }
}

/// <summary>One step of a format.</summary>
/// <param name="IsDirective">Whether it stands for a part of a time; else for itself.</param>
/// <param name="Symbol">The directive's letter, or the character.</param>
internal readonly record struct TimeFormatPart(bool IsDirective, char Symbol);
