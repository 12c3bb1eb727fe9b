using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using FeatureService.Core.Columns;

namespace FeatureService.Client.FanOut;

/// <summary>Puts the answers to a list's rows back into the order of the list, a run of rows at a time.</summary>
internal sealed class RowGather
{
    private readonly IReadOnlyList<ListAnswer> _answers;
    private readonly int[] _answerOf;
    private readonly int[] _rowOf;

    /// <summary>Finds each row's answer.</summary>
    /// <param name="answers">The answers; together they have each row of the list once.</param>
    public RowGather(IReadOnlyList<ListAnswer> answers)
    {
        _answers = answers;
        _answerOf = new int[answers.Sum(a => a.Rows.Length)];
        _rowOf = new int[_answerOf.Length];
        for (var answer = 0; answer < answers.Count; answer++)
        {
            var rows = answers[answer].Rows.Span;
            for (var i = 0; i < rows.Length; i++)
            {
                _answerOf[rows[i]] = answer;
                _rowOf[rows[i]] = i;
            }
        }
    }

    /// <summary>The places of a run of rows, from which its columns are taken.</summary>
    /// <param name="first">The first row of the list.</param>
    /// <param name="count">Number of rows.</param>
    public Run Take(int first, int count) => new(this, first, count);

    /// <summary>A run of the list's rows, by answer: so a column of an answer is opened once, not once for each row.</summary>
    internal sealed class Run
    {
        private readonly IReadOnlyList<ListAnswer> _answers;
        private readonly int[] _starts;
        private readonly int[] _from;
        private readonly int[] _to;

        /// <summary>Sorts a run's rows by answer.</summary>
        public Run(RowGather gather, int first, int count)
        {
            _answers = gather._answers;
            _starts = new int[_answers.Count + 1];
            _from = new int[count];
            _to = new int[count];
            var answerOf = gather._answerOf.AsSpan(first, count);
            foreach (var answer in answerOf)
            {
                _starts[answer + 1]++;
            }

            for (var answer = 0; answer < _answers.Count; answer++)
            {
                _starts[answer + 1] += _starts[answer];
            }

            var next = _starts.AsSpan(0, _answers.Count).ToArray();
            for (var i = 0; i < count; i++)
            {
                var at = next[answerOf[i]]++;
                _from[at] = gather._rowOf[first + i];
                _to[at] = i;
            }
        }

        /// <summary>One column of the run.</summary>
        /// <param name="column">Its index.</param>
        /// <param name="type">Its type.</param>
        public Column Column(int column, ColumnType type)
        {
            var offsets = Array.Empty<int>();
            var data = type switch
            {
                ColumnType.String => Texts(column, out offsets),
                _ when type.Width() == sizeof(byte) => Values<byte>(column),
                _ when type.Width() == sizeof(int) => Values<int>(column),
                _ => Values<long>(column),
            };
            var nullCount = Validity(column, out var validity);
            return new Column
            {
                Type = type,
                Length = _to.Length,
                NullCount = nullCount,
                Validity = validity,
                Data = data,
                Offsets = MemoryMarshal.AsBytes<int>(offsets).ToArray(),
            };
        }

        private (Column Source, int Start, int End) Part(int answer, int column) =>
            (_answers[answer].Columns[column], _starts[answer], _starts[answer + 1]);

        private byte[] Values<T>(int column)
            where T : unmanaged
        {
            var data = new byte[_to.Length * Unsafe.SizeOf<T>()];
            var target = MemoryMarshal.Cast<byte, T>(data.AsSpan());
            for (var answer = 0; answer < _answers.Count; answer++)
            {
                var (source, start, end) = Part(answer, column);
                var values = source.Values<T>();
                for (var i = start; i < end; i++)
                {
                    target[_to[i]] = values[_from[i]];
                }
            }

            return data;
        }

        private byte[] Texts(int column, out int[] offsets)
        {
            offsets = new int[_to.Length + 1];
            for (var answer = 0; answer < _answers.Count; answer++)
            {
                var (source, start, end) = Part(answer, column);
                var ends = MemoryMarshal.Cast<byte, int>(source.Offsets.Span);
                for (var i = start; i < end; i++)
                {
                    offsets[_to[i] + 1] = ends[_from[i] + 1] - ends[_from[i]];
                }
            }

            for (var row = 0; row < _to.Length; row++)
            {
                offsets[row + 1] = checked(offsets[row] + offsets[row + 1]);
            }

            var data = new byte[offsets[^1]];
            for (var answer = 0; answer < _answers.Count; answer++)
            {
                var (source, start, end) = Part(answer, column);
                var ends = MemoryMarshal.Cast<byte, int>(source.Offsets.Span);
                var utf8 = source.Data.Span;
                for (var i = start; i < end; i++)
                {
                    utf8[ends[_from[i]]..ends[_from[i] + 1]].CopyTo(data.AsSpan(offsets[_to[i]]));
                }
            }

            return data;
        }

        private int Validity(int column, out byte[] validity)
        {
            validity = [];
            if (_answers.All(answer => answer.Columns[column].NullCount == 0))
            {
                return 0;
            }

            var bits = new byte[Bitmap.Bytes(_to.Length)];
            var valid = 0;
            for (var answer = 0; answer < _answers.Count; answer++)
            {
                var (source, start, end) = Part(answer, column);
                var from = source.NullCount == 0 ? [] : source.Validity.Span;
                for (var i = start; i < end; i++)
                {
                    if (from.IsEmpty || Bitmap.Get(from, _from[i]))
                    {
                        Bitmap.Set(bits, _to[i]);
                        valid++;
                    }
                }
            }

            validity = valid < _to.Length ? bits : [];
            return _to.Length - valid;
        }
    }
}
