using System.Diagnostics.Metrics;
using FeatureService.Telemetry;

namespace FeatureService.Tests.Support;

/// <summary>Listens to the metrics of one service, whatever others the process runs.</summary>
internal sealed class MetricReadings : IDisposable
{
    private readonly MeterListener _listener = new();
    private readonly List<(string Name, double Value, Dictionary<string, string> Tags)> _readings = [];

    public MetricReadings(ServiceMetrics metrics)
    {
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (ReferenceEquals(instrument.Meter, metrics.Meter))
            {
                Instruments.Add(instrument);
                listener.EnableMeasurementEvents(instrument);
            }
        };
        _listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => Add(instrument, value, tags));
        _listener.SetMeasurementEventCallback<double>((instrument, value, tags, _) => Add(instrument, value, tags));
        _listener.Start();
    }

    public List<Instrument> Instruments { get; } = [];

    /// <summary>Reads what is read whenever somebody asks.</summary>
    public void Observe() => _listener.RecordObservableInstruments();

    public IReadOnlyList<(double Value, Dictionary<string, string> Tags)> Of(string name)
    {
        lock (_readings)
        {
            return [.. _readings.Where(r => r.Name == name).Select(r => (r.Value, r.Tags))];
        }
    }

    public double Sum(string name) => Of(name).Sum(r => r.Value);

    public void Dispose() => _listener.Dispose();

    private void Add(Instrument instrument, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        var named = new Dictionary<string, string>();
        foreach (var (key, tag) in tags)
        {
            named.Add(key, tag!.ToString()!);
        }

        lock (_readings)
        {
            _readings.Add((instrument.Name, value, named));
        }
    }
}
