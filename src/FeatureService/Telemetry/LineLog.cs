namespace FeatureService.Telemetry;

/// <summary>
/// A log of one line each: time, level, category, message. Lines are gathered and written some milliseconds later by a thread of the log's
/// own, many at once under load: a line costs its caller neither a system call nor a change of threads. Errors are written at once, with
/// all that came before them.
/// </summary>
public sealed class LineLog : ILoggerProvider
{
    /// <summary>So many bytes wait at most, where the reader does not keep up; what comes then is counted and told.</summary>
    private const int WaitingBytesMax = 4 << 20;

    private static readonly TimeSpan _gathering = TimeSpan.FromMilliseconds(20);

    private readonly Stream _target;
    private readonly TimeProvider _time;
    private readonly Lock _lock = new();
    private readonly Lock _writing = new();
    private readonly ManualResetEventSlim _hasLines = new();
    private readonly ManualResetEventSlim _stop = new();
    private readonly Thread _writer;
    private LineBuffer _waiting = new();
    private LineBuffer _written = new();
    private long _dropped;

    /// <summary>A log without lines.</summary>
    /// <param name="target">Where lines go, in UTF-8; left open.</param>
    /// <param name="time">The clock.</param>
    public LineLog(Stream target, TimeProvider time)
    {
        (_target, _time) = (target, time);
        _writer = new Thread(WriteUntilStopped) { IsBackground = true, Name = "log" };
        _writer.Start();
    }

    /// <inheritdoc/>
    public ILogger CreateLogger(string categoryName) => new CategoryLog(this, categoryName);

    /// <summary>Writes what waits.</summary>
    public void Flush()
    {
        lock (_writing)
        {
            lock (_lock)
            {
                (_waiting, _written) = (_written, _waiting);
                _hasLines.Reset();
                if (_dropped > 0)
                {
                    _written.Add(_time.GetUtcNow(), LogLevel.Warning, nameof(LineLog), default, $"{_dropped} lines were dropped: nobody reads them", null);
                    _dropped = 0;
                }
            }

            try
            {
                _target.Write(_written.Bytes);
                _target.Flush();
            }
            catch (IOException)
            {
                // Whoever read the log has gone; the service goes on.
            }

            _written.Clear();
        }
    }

    /// <summary>Writes what waits, and ends.</summary>
    public void Dispose()
    {
        _stop.Set();
        _hasLines.Set();
        _writer.Join();
        Flush();
    }

    private void WriteUntilStopped()
    {
        while (!_stop.IsSet)
        {
            _hasLines.Wait();
            _stop.Wait(_gathering);
            Flush();
        }
    }

    private void Add(LogLevel level, string category, EventId id, string message, Exception? exception)
    {
        var now = _time.GetUtcNow();
        lock (_lock)
        {
            if (_waiting.Bytes.Length > WaitingBytesMax)
            {
                _dropped++;
                return;
            }

            _waiting.Add(now, level, category, id, message, exception);
            if (!_hasLines.IsSet)
            {
                _hasLines.Set();
            }
        }

        if (level >= LogLevel.Error || _stop.IsSet)
        {
            Flush();
        }
    }

    private sealed class CategoryLog(LineLog log, string category) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel != LogLevel.None;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (IsEnabled(logLevel))
            {
                log.Add(logLevel, category, eventId, formatter(state, exception), exception);
            }
        }
    }
}
