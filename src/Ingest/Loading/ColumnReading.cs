using FeatureService.Core.Calendar;

namespace FeatureService.Ingest.Loading;

/// <summary>What a catalog says of how the values of a column are read.</summary>
/// <param name="Zone">Zone of stamps without zone.</param>
/// <param name="NanIsNull">Whether NaN is read as null.</param>
/// <param name="Unit">What integers count that stand for times; null where they stand for none.</param>
/// <param name="Format">The format of times in text; null for ISO 8601.</param>
internal sealed record ColumnReading(ZoneRules Zone, bool NanIsNull, TimeUnit? Unit = null, TimeFormat? Format = null);
