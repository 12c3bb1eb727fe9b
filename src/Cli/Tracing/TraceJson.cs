using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using FeatureService.Client.Transport;

namespace FeatureService.Cli.Tracing;

/// <summary>A trace as JSON: instants as text, values as JSON's own where it has them.</summary>
internal static class TraceJson
{
    private static readonly JsonWriterOptions s_options = new() { Indented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Prints a trace.</summary>
    public static void Print(ValueTrace trace, TextWriter output)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer, s_options))
        {
            Write(json, trace);
        }

        output.WriteLine(Encoding.UTF8.GetString(buffer.GetBuffer(), 0, (int)buffer.Length));
    }

    private static void Write(Utf8JsonWriter json, ValueTrace trace)
    {
        json.WriteStartObject();
        json.WriteString("column", trace.Column.Name);
        json.WriteString("definition", trace.Definition);
        json.WriteString("snapshot", trace.SnapshotId);
        json.WriteString("viewVersion", trace.ViewVersion);
        json.WriteString("cutoff", TraceValues.Instant(trace.CutoffMicros));
        Write(json, "value", trace.Value);
        json.WriteString("rowStatus", trace.RowStatus);
        if (trace.Immature.Length > 0)
        {
            json.WriteString("immature", trace.Immature);
        }

        json.WriteStartArray("aggregates");
        foreach (var aggregate in trace.Aggregates)
        {
            Write(json, aggregate);
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, TracedAggregate aggregate)
    {
        json.WriteStartObject();
        json.WriteString("text", aggregate.Text);
        json.WriteString("source", aggregate.Source);
        if (aggregate.StartMicros is { } start)
        {
            json.WriteString("start", TraceValues.Instant(start));
        }

        json.WriteString("end", TraceValues.Instant(aggregate.EndMicros));
        Write(json, "value", aggregate.Value);
        json.WriteNumber("counted", aggregate.CountedCount);
        json.WriteNumber("notCounted", aggregate.NotCountedCount);
        Write(json, "countedEvents", aggregate, aggregate.Counted);
        Write(json, "notCountedEvents", aggregate, aggregate.NotCounted);
        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, string name, TracedAggregate aggregate, IReadOnlyList<TracedEvent> events)
    {
        json.WriteStartArray(name);
        foreach (var e in events)
        {
            json.WriteStartObject();
            if (e.TimeMicros is { } time)
            {
                json.WriteString("time", TraceValues.Instant(time));
                json.WriteString("known", e.KnownMicros is { } known ? TraceValues.Instant(known) : null);
            }

            json.WriteStartObject("values");
            foreach (var (column, value) in aggregate.Columns.Zip(e.Values))
            {
                Write(json, column, value);
            }

            json.WriteEndObject();
            if (e.Reason.Length > 0)
            {
                json.WriteString("reason", e.Reason);
            }
            else if (e.Input is not null)
            {
                Write(json, "enters", e.Input);
            }

            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    /// <summary>Numbers that JSON cannot write are text.</summary>
    private static void Write(Utf8JsonWriter json, string name, object? value)
    {
        switch (value)
        {
            case null:
                json.WriteNull(name);
                break;
            case bool truth:
                json.WriteBoolean(name, truth);
                break;
            case long number:
                json.WriteNumber(name, number);
                break;
            case double number when double.IsFinite(number):
                json.WriteNumber(name, number);
                break;
            case ValueError error:
                json.WriteStartObject(name);
                json.WriteString("error", error.Message);
                json.WriteEndObject();
                break;
            default:
                json.WriteString(name, TraceValues.Text(value));
                break;
        }
    }
}
