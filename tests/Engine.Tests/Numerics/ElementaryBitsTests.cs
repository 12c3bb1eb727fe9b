using System.Globalization;
using System.IO.Hashing;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using FeatureService.Engine.Tests.Oracle;

namespace FeatureService.Engine.Tests.Numerics;

/// <summary>The same bits on every CPU: recorded hashes of a million values of each function, in both forms.</summary>
public sealed class ElementaryBitsTests
{
    private const int BlockCount = 1 << 17;

    /// <summary>Written beside the test on every run; to be copied over the recorded file when a function is changed on purpose.</summary>
    private const string ActualFile = "elementary-hashes.actual.txt";

    [Fact]
    public void Values_have_the_recorded_hashes()
    {
        string[] actual = [.. ElementaryFunction.All.Select(Hash)];
        File.WriteAllLines(Path.Combine(AppContext.BaseDirectory, ActualFile), actual);
        Assert.Equal(File.ReadAllLines(Path.Combine(AppContext.BaseDirectory, "Numerics", "elementary-hashes.txt")), actual);
        CpuSettings.AreFollowed();
    }

    [Theory]
    [MemberData(nameof(CpuSettings.All), MemberType = typeof(CpuSettings))]
    public Task Values_have_the_recorded_hashes_with_the_setting(string variable, string value) =>
        CpuSettings.Run(variable, value, typeof(ElementaryBitsTests), nameof(Values_have_the_recorded_hashes));

    /// <summary>Arguments are any bits, and numbers of usual sizes: made without a function that the hashes are to be free of.</summary>
    private static string Hash(ElementaryFunction function)
    {
        var random = new Random(4);
        var hash = new XxHash3();
        var (arguments, values) = (new double[8], new double[16]);
        for (var block = 0; block < BlockCount; block++)
        {
            for (var i = 0; i < 8; i++)
            {
                arguments[i] = i < 3
                    ? BitConverter.Int64BitsToDouble(random.NextInt64(long.MinValue, long.MaxValue))
                    : (random.NextDouble() * 40) - 8;
                values[i] = function.One(arguments[i]);
            }

            function.Eight(Vector512.Create(arguments)).CopyTo(values, 8);
            hash.Append(MemoryMarshal.AsBytes<double>(values));
        }

        return string.Create(CultureInfo.InvariantCulture, $"{hash.GetCurrentHashAsUInt64():x16} {function.Name}");
    }
}
