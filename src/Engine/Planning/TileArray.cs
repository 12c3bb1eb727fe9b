using FeatureService.Core.Columns;

namespace FeatureService.Engine.Planning;

/// <summary>
/// The states of a base aggregate by entity and week: what the events of a week fold to, before any window is made of them. Features
/// that share source, filter and expression share them whatever their windows.
/// </summary>
/// <param name="Fingerprint">Changes with anything that can change a state; 32 hexadecimal digits.</param>
/// <param name="Source">Index of the source in the catalog.</param>
/// <param name="Planes">Types of the parts of a state; each takes eight bytes.</param>
public sealed record TileArray(string Fingerprint, int Source, IReadOnlyList<ColumnType> Planes);

/// <summary>Weeks of a tile array that a run works out, or reads.</summary>
/// <param name="Array">The array.</param>
/// <param name="FirstWeek">Number of the first week.</param>
/// <param name="WeekCount">Number of weeks.</param>
public readonly record struct TileWeeks(TileArray Array, int FirstWeek, int WeekCount);

/// <summary>A column that can be made of tile arrays alone.</summary>
/// <param name="Arrays">The arrays, each once.</param>
/// <param name="FirstOffset">From a row's week to the first whose state it reads.</param>
/// <param name="EndOffset">From a row's week to the one behind the last whose state it reads.</param>
public sealed record TiledColumn(IReadOnlyList<TileArray> Arrays, int FirstOffset, int EndOffset);
