using System.Reflection;
using System.Runtime.Loader;
using FeatureService.Engine.Definitions.Custom;

namespace FeatureService.Registry;

/// <summary>Loads custom aggregates from assemblies that the operator names: every public class that derives from them and has a constructor without parameters.</summary>
internal static class AggregateAssemblies
{
    /// <summary>The aggregates of some assemblies.</summary>
    /// <param name="paths">The files.</param>
    /// <param name="errors">Takes what is wrong, one line a file.</param>
    public static CustomAggregates Load(IReadOnlyList<string> paths, List<string> errors)
    {
        var aggregates = new List<CustomAggregate>();
        foreach (var path in paths)
        {
            try
            {
                var found = Find(path).ToList();
                aggregates.AddRange(found);
                if (found.Count == 0)
                {
                    errors.Add($"aggregates: {path} has no aggregate: expected a public class that derives from CustomAggregate<TState>, with a constructor without parameters");
                }
            }
            catch (TargetInvocationException exception)
            {
                errors.Add($"aggregates: {path}: {exception.InnerException!.Message}");
            }
            catch (Exception exception) when (exception is IOException or BadImageFormatException or ReflectionTypeLoadException or UnauthorizedAccessException)
            {
                errors.Add($"aggregates: {path} cannot be loaded: {exception.Message}");
            }
        }

        try
        {
            return CustomAggregates.Of(aggregates);
        }
        catch (ArgumentException exception)
        {
            errors.Add($"aggregates: {exception.Message}");
            return CustomAggregates.None;
        }
    }

    private static IEnumerable<CustomAggregate> Find(string path) =>
        AssemblyLoadContext.Default.LoadFromAssemblyPath(Path.GetFullPath(path)).GetExportedTypes()
            .Where(type => !type.IsAbstract && typeof(CustomAggregate).IsAssignableFrom(type) && type.GetConstructor(Type.EmptyTypes) is not null)
            .OrderBy(type => type.FullName, StringComparer.Ordinal)
            .Select(type => (CustomAggregate)Activator.CreateInstance(type)!);
}
