using System.Globalization;
using System.Text;

namespace FeatureService.Bench.MainJob.Report;

/// <summary>Lines of a report.</summary>
internal static class PageText
{
    /// <summary>Adds a line, its numbers written the same everywhere.</summary>
    public static StringBuilder Line(this StringBuilder page, FormattableString text) =>
        page.Append(text.ToString(CultureInfo.InvariantCulture)).Append('\n');
}
