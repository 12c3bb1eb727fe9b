using System.Globalization;

namespace FeatureService.Pipeline.Requests;

/// <summary>
/// The minibatches of a stream that are not answered yet, kept within what the contract lets its caller send ahead. A caller that sends
/// more is refused rather than left to wait, as what it sends would fill the window of its whole connection.
/// </summary>
/// <param name="idsMax">Minibatches.</param>
/// <param name="rowsMax">Rows of all of them.</param>
internal sealed class UnansweredIds(int idsMax, int rowsMax)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<ulong, long> _rowsById = [];
    private long _rows;

    /// <summary>Takes a minibatch in.</summary>
    /// <param name="id">Its id.</param>
    /// <exception cref="RequestException">The id is unanswered already, or there are as many as there may be.</exception>
    public void Add(ulong id)
    {
        lock (_lock)
        {
            if (_rowsById.ContainsKey(id))
            {
                throw RequestException.Invalid("minibatch.id", $"{id} is not answered yet: expected another id");
            }

            if (_rowsById.Count == idsMax)
            {
                throw RequestException.Invalid("minibatch.id", $"{idsMax} ids are unanswered: expected {id} behind the last message of one of them");
            }

            _rowsById.Add(id, 0);
        }
    }

    /// <summary>Notes how many rows a minibatch has.</summary>
    /// <returns>What is wrong with so many; null where they fit.</returns>
    public RequestException? AddRows(ulong id, long rows)
    {
        lock (_lock)
        {
            if (_rows + rows > rowsMax)
            {
                var message = string.Create(
                    CultureInfo.InvariantCulture,
                    $"{rows} rows of id {id} beside {_rows} that are unanswered: expected at most {rowsMax} together");
                return RequestException.Invalid("minibatch.rows", message);
            }

            _rows += rows;
            _rowsById[id] = rows;
            return null;
        }
    }

    /// <summary>Notes that a minibatch is answered; told before its last message can reach the caller, who may then send another.</summary>
    public void Answered(ulong id)
    {
        lock (_lock)
        {
            _rowsById.Remove(id, out var rows);
            _rows -= rows;
        }
    }
}
