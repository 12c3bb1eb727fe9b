using System.Text;

namespace FeatureService.Core.Calendar;

/// <summary>Reads one text by the parts of a format.</summary>
/// <param name="text">The text.</param>
internal ref struct TimeFormatReader(ReadOnlySpan<byte> text)
{
    private static readonly string[] _months =
        ["january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november", "december"];

    private static readonly string[] _days = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];

    private ReadOnlySpan<byte> _rest = text;
    private int _year = 1;
    private int _month = 1;
    private int _day = 1;
    private int _dayOfYear;
    private int _hour;
    private int _minute;
    private int _second;
    private int _micros;
    private int _afternoon = -1;
    private long _offsetMicros;
    private bool _hasOffset;

    /// <summary>Reads one part.</summary>
    /// <param name="part">The part.</param>
    /// <returns>False where the text does not fit.</returns>
    public bool Read(TimeFormatPart part)
    {
        if (!part.IsDirective)
        {
            return part.Symbol == ' ' ? Spaces() : Literal(part.Symbol);
        }

        switch (part.Symbol)
        {
            case 'Y':
                return Number(4, 4, out _year) && _year >= 1;
            case 'y':
                // POSIX: 69 to 99 are of the 20th century.
                var fits = Number(2, 2, out var lastTwo);
                _year = lastTwo + (lastTwo < 69 ? 2000 : 1900);
                return fits;
            case 'm':
                return Number(1, 2, out _month) && _month is >= 1 and <= 12;
            case 'b':
                return Name(_months, out _month);
            case 'a':
                return Name(_days, out _);
            case 'd':
                _ = !_rest.IsEmpty && _rest[0] == ' ' && Spaces();
                return Number(1, 2, out _day) && _day >= 1;
            case 'j':
                return Number(1, 3, out _dayOfYear) && _dayOfYear >= 1;
            case 'H':
                return Number(1, 2, out _hour) && _hour <= 23;
            case 'I':
                return Number(1, 2, out _hour) && _hour is >= 1 and <= 12;
            case 'M':
                return Number(1, 2, out _minute) && _minute <= 59;
            case 'S':
                return Number(1, 2, out _second) && _second <= 59;
            case 'f':
                return Fraction();
            case 'p':
                return Half();
            default:
                return Offset();
        }
    }

    /// <summary>Puts the parts together.</summary>
    /// <param name="micros">Microseconds on the clock that the text names: UTC where it has an offset.</param>
    /// <param name="isLocal">Whether the text has no offset.</param>
    public readonly bool Finish(out long micros, out bool isLocal)
    {
        (micros, isLocal) = (0, !_hasOffset);
        if (!_rest.IsEmpty || _day > DateTime.DaysInMonth(_year, _month) || _dayOfYear > (DateTime.IsLeapYear(_year) ? 366 : 365))
        {
            return false;
        }

        var date = _dayOfYear > 0 ? new DateOnly(_year, 1, 1).AddDays(_dayOfYear - 1) : new DateOnly(_year, _month, _day);
        var hour = _afternoon < 0 ? _hour : (_hour % 12) + (12 * _afternoon);
        micros = (WeekCalendar.DayNumber(date) * Instants.MicrosPerDay) + (hour * Instants.MicrosPerHour) + (_minute * Instants.MicrosPerMinute)
            + (_second * Instants.MicrosPerSecond) + _micros - _offsetMicros;
        return true;
    }

    private bool Literal(char symbol)
    {
        if (_rest.IsEmpty || _rest[0] != symbol)
        {
            return false;
        }

        _rest = _rest[1..];
        return true;
    }

    private bool Spaces()
    {
        var length = _rest.IndexOfAnyExcept((byte)' ');
        length = length < 0 ? _rest.Length : length;
        _rest = _rest[length..];
        return length > 0;
    }

    private bool Number(int digitsMin, int digitsMax, out int value)
    {
        value = 0;
        var length = 0;
        while (length < digitsMax && length < _rest.Length && _rest[length] is >= (byte)'0' and <= (byte)'9')
        {
            value = (value * 10) + (_rest[length++] - '0');
        }

        _rest = _rest[length..];
        return length >= digitsMin;
    }

    /// <summary>One to nine digits; those behind the sixth are floored away.</summary>
    private bool Fraction()
    {
        var before = _rest.Length;
        if (!Number(1, 9, out var value))
        {
            return false;
        }

        for (var digits = before - _rest.Length; digits < 9; digits++)
        {
            value *= 10;
        }

        _micros = value / 1000;
        return true;
    }

    private bool Half()
    {
        _afternoon = Starts("am") ? 0 : Starts("pm") ? 1 : -1;
        return _afternoon >= 0 && Skip(2);
    }

    /// <summary>A name in full or its first three letters; its number from 1.</summary>
    private bool Name(string[] names, out int number)
    {
        for (number = 1; number <= names.Length; number++)
        {
            var name = names[number - 1];
            if (Starts(name))
            {
                return Skip(name.Length);
            }

            if (Starts(name[..3]))
            {
                return Skip(3);
            }
        }

        return false;
    }

    /// <summary><c>Z</c>, <c>+09</c>, <c>+0900</c> or <c>+09:00</c>.</summary>
    private bool Offset()
    {
        _hasOffset = true;
        if (Starts("z"))
        {
            return Skip(1);
        }

        var sign = _rest.IsEmpty ? 0 : _rest[0] == '+' ? 1 : _rest[0] == '-' ? -1 : 0;
        if (sign == 0 || !Skip(1) || !Number(2, 2, out var hours))
        {
            return false;
        }

        var minutes = 0;
        var colon = Literal(':');
        if ((colon || (!_rest.IsEmpty && char.IsAsciiDigit((char)_rest[0]))) && !Number(2, 2, out minutes))
        {
            return false;
        }

        _offsetMicros = sign * ((hours * Instants.MicrosPerHour) + (minutes * Instants.MicrosPerMinute));
        return hours <= 18 && minutes <= 59;
    }

    private readonly bool Starts(string lower) => _rest.Length >= lower.Length && Ascii.EqualsIgnoreCase(_rest[..lower.Length], lower);

    private bool Skip(int count)
    {
        _rest = _rest[count..];
        return true;
    }
}
