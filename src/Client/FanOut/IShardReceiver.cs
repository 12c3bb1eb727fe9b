namespace FeatureService.Client.FanOut;

/// <summary>Who stores what a shard's streams bring.</summary>
internal interface IShardReceiver
{
    /// <summary>Takes a batch; reading goes on when it returns, so a slow receiver stops the service.</summary>
    ValueTask AcceptAsync(FeatureBatch batch, CancellationToken cancellation);

    /// <summary>Takes the cells of a slice that have no value.</summary>
    void AcceptErrors(IReadOnlyList<DatasetCellError> errors, ulong count);

    /// <summary>Takes the CPU time that the service's workers took for a slice; zero where it does not tell.</summary>
    void AcceptCpu(TimeSpan cpu);
}
