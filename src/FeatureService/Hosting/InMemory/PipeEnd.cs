namespace FeatureService.Hosting.InMemory;

/// <summary>
/// The right to use one end of a pipe: one operation at a time. An end that is closed during an operation is completed behind it, as
/// completing gives memory back that the operation reads or writes.
/// </summary>
/// <param name="wake">Ends the operation's wait.</param>
/// <param name="complete">Completes the end.</param>
internal sealed class PipeEnd(Action wake, Action complete)
{
    private readonly Lock _lock = new();
    private bool _inUse;
    private bool _isClosed;
    private bool _isCut;

    /// <summary>Starts an operation.</summary>
    /// <exception cref="ObjectDisposedException">The end is closed.</exception>
    /// <exception cref="IOException">The other side has cut the connection.</exception>
    /// <exception cref="InvalidOperationException">Another operation is under way.</exception>
    public void Enter()
    {
        lock (_lock)
        {
            ThrowIfOver();
            if (_inUse)
            {
                throw new InvalidOperationException("another operation in this direction is under way");
            }

            _inUse = true;
        }
    }

    /// <summary>Ends an operation.</summary>
    public void Leave()
    {
        lock (_lock)
        {
            _inUse = false;
            if (!_isClosed)
            {
                return;
            }
        }

        complete();
    }

    /// <summary>Tells an operation whose wait was ended why.</summary>
    /// <exception cref="ObjectDisposedException">The end was closed.</exception>
    /// <exception cref="IOException">The other side has cut the connection.</exception>
    public void ThrowIfOver()
    {
        ObjectDisposedException.ThrowIf(_isClosed, typeof(InMemoryStream));
        if (_isCut)
        {
            throw new IOException("the service has cut the connection");
        }
    }

    /// <summary>Closes the end; the operation that is under way fails.</summary>
    public void Close()
    {
        lock (_lock)
        {
            if (_isClosed)
            {
                return;
            }

            _isClosed = true;
            if (_inUse)
            {
                wake();
                return;
            }
        }

        complete();
    }

    /// <summary>Lets the operation that is under way, and any later one, fail.</summary>
    public void Cut()
    {
        lock (_lock)
        {
            _isCut = true;
            if (_inUse)
            {
                wake();
            }
        }
    }
}
