namespace FeatureService.Scheduling;

/// <summary>What the system lets a process decide about its threads.</summary>
internal interface IThreadScheduler
{
    /// <summary>The system's id of the calling thread; null where it tells none.</summary>
    int? CurrentThread { get; }

    /// <summary>Puts a thread under SCHED_IDLE. There is no way back without privileges.</summary>
    /// <param name="thread">Its id.</param>
    /// <returns>False where that is refused.</returns>
    bool TrySetIdle(int thread);

    /// <summary>Sets how nice a thread is.</summary>
    /// <param name="thread">Its id.</param>
    /// <param name="nice">From 0, as usual, to 19.</param>
    /// <returns>False where that is refused.</returns>
    bool TrySetNice(int thread, int nice);
}
