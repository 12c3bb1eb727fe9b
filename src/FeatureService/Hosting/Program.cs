namespace FeatureService.Hosting;

internal static class Program
{
    private static int Main() => 0;
}
