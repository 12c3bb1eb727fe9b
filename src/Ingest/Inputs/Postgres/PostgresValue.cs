using FeatureService.Ingest.Loading;

namespace FeatureService.Ingest.Inputs.Postgres;

/// <summary>Sets a row of a column from the bytes of a value.</summary>
/// <returns>False where the value cannot be read as the column's type.</returns>
internal delegate bool PostgresSetter(ColumnValues values, int row, ReadOnlySpan<byte> bytes);

/// <summary>A value as messages show it.</summary>
internal delegate string PostgresText(ReadOnlySpan<byte> bytes);

/// <summary>How values of one type of PostgreSQL are read.</summary>
/// <param name="Kind">What they are before a cast.</param>
/// <param name="Set">Casts one.</param>
/// <param name="Show">Shows one.</param>
internal sealed record PostgresValue(InputKind Kind, PostgresSetter Set, PostgresText Show);
