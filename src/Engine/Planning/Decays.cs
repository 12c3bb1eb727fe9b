using FeatureService.Core.Calendar;
using FeatureService.Engine.Kernels;

namespace FeatureService.Engine.Planning;

/// <summary>The half lives of a plan, each once however it is written: a day is 24 hours here.</summary>
/// <param name="calendar">The catalog's weeks.</param>
internal sealed class Decays(WeekCalendar calendar)
{
    private readonly Dictionary<long, Decay> _byMicros = [];

    /// <summary>The decay of a half life.</summary>
    public Decay Of(Length halfLife)
    {
        var micros = (halfLife.CalendarDays * Instants.MicrosPerDay) + halfLife.ExactMicros;
        if (!_byMicros.TryGetValue(micros, out var decay))
        {
            decay = new Decay(micros, calendar);
            _byMicros.Add(micros, decay);
        }

        return decay;
    }
}
