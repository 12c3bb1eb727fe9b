using System.Threading.Channels;
using FeatureService.Client.Transport;
using FeatureService.Contracts.V1;
using FeatureService.Core.Calendar;
using Google.Protobuf;
using Grpc.Core;
using Status = Google.Rpc.Status;

namespace FeatureService.Client.FanOut.Minibatches;

/// <summary>One call of a stream: sends what is unanswered and what comes, and takes the answers.</summary>
/// <param name="endpoint">Where it goes.</param>
/// <param name="target">What every answer must be of.</param>
/// <param name="unanswered">The minibatches.</param>
/// <param name="answers">Where answers go.</param>
/// <param name="options">Time-outs and the clock.</param>
internal sealed class MinibatchConnection(
    Endpoint endpoint,
    ViewOnSnapshot target,
    UnansweredMinibatches unanswered,
    ChannelWriter<MinibatchAnswer> answers,
    FeatureServiceClientOptions options)
{
    private readonly Lock _idleLock = new();
    private readonly WeekCalendar _calendar = new(Core.Calendar.ZoneRules.Utc, target.Snapshot.WeekStart);

    /// <summary>Answers that it has brought.</summary>
    public int AnswerCount { get; private set; }

    /// <summary>Runs until everything is answered, or the service ends the call.</summary>
    /// <param name="progressed">Called with each answer.</param>
    /// <param name="cancellation">Ends the call.</param>
    /// <exception cref="FeatureServiceException">The call failed, or what came is not right (<see cref="StatusCode.DataLoss"/>).</exception>
    public async Task RunAsync(Action progressed, CancellationToken cancellation)
    {
        using var idle = new CancellationTokenSource(Timeout.InfiniteTimeSpan, options.Time);
        using var end = CancellationTokenSource.CreateLinkedTokenSource(cancellation, idle.Token);
        using var call = endpoint.Vectors.StreamFeatureVectors(cancellationToken: end.Token);
        var sends = SendAsync(call.RequestStream, idle, end.Token);
        try
        {
            await ReceiveAsync(call.ResponseStream, idle, progressed).ConfigureAwait(false);
        }
        catch (RpcException exception)
        {
            cancellation.ThrowIfCancellationRequested();
            throw idle.IsCancellationRequested ? Silent(exception) : StatusMapper.Map(exception, endpoint.Address);
        }
        catch (InvalidDataException exception)
        {
            throw StatusMapper.Unreadable(exception, endpoint.Address);
        }
        finally
        {
            // A sender fails where the call has ended; why it has is what the receiver tells.
            await end.CancelAsync().ConfigureAwait(false);
            await sends.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            unanswered.Restart();
        }
    }

    private async Task SendAsync(IClientStreamWriter<StreamFeatureVectorsRequest> requests, CancellationTokenSource idle, CancellationToken end)
    {
        var selection = new StreamSelection { View = target.ViewSelector, Snapshot = target.SnapshotSelector, Columns = target.ColumnSelector };
        selection.AcceptEncodings.Add(Encoding.Plain);
        await requests.WriteAsync(new StreamFeatureVectorsRequest { Selection = selection }, end).ConfigureAwait(false);
        var from = 0UL;
        while (await unanswered.NextAsync(from, end).ConfigureAwait(false) is { } minibatch)
        {
            Watch(idle);
            await requests.WriteAsync(minibatch.Request, end).ConfigureAwait(false);
            from = minibatch.Id + 1;
        }

        await requests.CompleteAsync().ConfigureAwait(false);
    }

    private async Task ReceiveAsync(IAsyncStreamReader<StreamFeatureVectorsResponse> responses, CancellationTokenSource idle, Action progressed)
    {
        AnswerHeader? header = null;
        while (await responses.MoveNext(CancellationToken.None).ConfigureAwait(false))
        {
            var message = responses.Current;
            if (message.Header is { } said)
            {
                header = Wire.Header(said);
                target.Check(header);
            }

            var minibatch = unanswered.Find(message.Id);
            if (message.Status.IsEmpty)
            {
                minibatch.Add(header ?? throw new InvalidDataException("the first columns have no header"), message);
            }

            if (message.Last)
            {
                var answer = Answer(minibatch, message.Status);
                unanswered.Answered(minibatch.Id);
                answers.TryWrite(answer);
                AnswerCount++;
                progressed();
            }

            Watch(idle);
        }
    }

    private MinibatchAnswer Answer(SentMinibatch minibatch, ByteString status)
    {
        if (!status.IsEmpty)
        {
            var failure = StatusMapper.Map(Parse(status).ToRpcException(), endpoint.Address);
            return new MinibatchAnswer(minibatch.Id, minibatch.Rows.Count, null, failure);
        }

        var vectors = minibatch.Vectors();
        CheckRows(vectors, minibatch);
        return new MinibatchAnswer(minibatch.Id, minibatch.Rows.Count, vectors, null);
    }

    private static Status Parse(ByteString status)
    {
        try
        {
            return Status.Parser.ParseFrom(status);
        }
        catch (InvalidProtocolBufferException exception)
        {
            throw new InvalidDataException("a status that is none", exception);
        }
    }

    /// <summary>The answer's rows must be those asked for, in their order.</summary>
    private void CheckRows(FeatureVectors vectors, SentMinibatch minibatch)
    {
        var keys = vectors.Columns[0];
        var days = vectors.Columns[1].Values<int>();
        var areTexts = keys.Type == Core.Columns.ColumnType.String;
        var numbers = areTexts ? default : keys.Values<long>();
        var (week, day) = ("", 0);
        for (var i = 0; i < vectors.RowCount; i++)
        {
            var asked = minibatch.Rows[i];
            if (asked.Week != week)
            {
                week = asked.Week;
                day = _calendar.TryParse(week, out var number, out _) ? _calendar.FirstDay(number) : int.MinValue;
            }

            if (days[i] != day || !(areTexts ? keys.Utf8(i).SequenceEqual(asked.Entity.Utf8) : numbers[i] == asked.Entity.Number))
            {
                throw new InvalidDataException($"minibatch {minibatch.Id}: its row {i} is not the one that was asked for");
            }
        }
    }

    /// <summary>Starts to count the silence anew; only silence in which an answer is waited for counts.</summary>
    private void Watch(CancellationTokenSource idle)
    {
        lock (_idleLock)
        {
            idle.CancelAfter(unanswered.IsWaiting ? options.StreamIdleTimeout : Timeout.InfiniteTimeSpan);
        }
    }

    private FeatureServiceException Silent(RpcException exception) =>
        new(StatusCode.Unavailable, $"{endpoint.Address} sent nothing for {options.StreamIdleTimeout.TotalSeconds:0} s", exception)
        {
            Endpoint = endpoint.Address,
            IsSilence = true,
        };
}
