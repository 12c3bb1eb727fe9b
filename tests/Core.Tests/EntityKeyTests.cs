using System.Text;
using CsCheck;
using FeatureService.Core.Columns;
using FeatureService.Core.Keys;

namespace FeatureService.Core.Tests;

public sealed class EntityKeyTests
{
    /// <summary>Golden: other clients place keys by the same hash, and snapshots are laid out by it.</summary>
    [Theory]
    [InlineData(0L, 0xC77B3ABB6F87ACD9UL)]
    [InlineData(1L, 0x2FBC593564DB792EUL)]
    [InlineData(2L, 0x2086C65C91EEE243UL)]
    [InlineData(42L, 0xD5A6F8C838DF27C8UL)]
    [InlineData(-1L, 0x5111C7E47D784413UL)]
    [InlineData(1234567890123456789L, 0xED61DD35BA81FBE0UL)]
    [InlineData(long.MaxValue, 0xA233CF376558DF46UL)]
    [InlineData(long.MinValue, 0x828F2476789A0E5FUL)]
    public void Hashes_of_integers_never_change(long key, ulong hash)
    {
        Assert.Equal(hash, EntityKey.Of(key).Hash);
        Assert.Equal(hash, EntityKey.HashOf(BitConverter.GetBytes(key)));
    }

    /// <summary>Golden; the first three are XXH3-64's own published values.</summary>
    [Theory]
    [InlineData("", 0x2D06800538D394C2UL)]
    [InlineData("a", 0xE6C632B61E964E1FUL)]
    [InlineData("abc", 0x78AF5F94892F3950UL)]
    [InlineData("user-1", 0x7C7615C11438E5C9UL)]
    [InlineData("00000000-0000-0000-0000-000000000001", 0x49852461BA235525UL)]
    [InlineData("利用者", 0x6A31FD5F0854F2D3UL)]
    [InlineData("🚕", 0xB070B335017616F6UL)]
    public void Hashes_of_texts_never_change(string key, ulong hash) => Assert.Equal(hash, EntityKey.Of(key).Hash);

    [Theory]
    [InlineData(1L, 11, 3)]
    [InlineData(2L, 8, 0)]
    [InlineData(42L, 53, 1)]
    [InlineData(-1L, 20, 1)]
    public void Places_of_integers_never_change(long key, int partition, int slice) =>
        Assert.Equal(new SliceId(partition, slice), new Placement(64, 4).SliceOf(EntityKey.Of(key).Hash));

    [Fact]
    public void Integers_are_ordered_by_value_and_texts_by_bytes()
    {
        Assert.True(EntityKey.Of(-5) < EntityKey.Of(3));
        Assert.True(EntityKey.Of("B") < EntityKey.Of("a"));
        // U+FFFD is below U+1F695 by bytes, above it by UTF-16.
        Assert.True(EntityKey.Of("�") < EntityKey.Of("🚕"));
        Assert.True(EntityKey.Of("a") <= EntityKey.Of("a"));
        Assert.True(EntityKey.Of("") < EntityKey.Of("a"));
    }

    [Fact]
    public void An_integer_and_a_text_are_never_equal()
    {
        Assert.True(EntityKey.Of(0) != EntityKey.Of(""));
        Assert.NotEqual(EntityKey.Of(1), EntityKey.Of("1"));
        Assert.Equal(EntityKey.Of("1"), EntityKey.Of("1"u8));
    }

    [Theory]
    [InlineData("17", true)]
    [InlineData("-17", true)]
    [InlineData("9223372036854775808", false)]
    [InlineData("1.0", false)]
    [InlineData(" 1", false)]
    [InlineData("", false)]
    [InlineData("x", false)]
    public void Integer_keys_are_read_as_written(string text, bool good)
    {
        Assert.Equal(good, EntityKey.TryParse(text, EntityKeyType.Int64, out var key));
        Assert.Equal(good ? text : "0", key.ToString());
    }

    [Fact]
    public void Text_keys_are_taken_as_they_are()
    {
        Assert.True(EntityKey.TryParse(" 1", EntityKeyType.String, out var key));
        Assert.Equal((EntityKeyType.String, " 1"), (key.Type, key.ToString()));
    }

    [Fact]
    public void Integers_are_found_in_an_ascending_list() => Gen.Select(Gen.Long[-50, 50].Array[0, 40], Gen.Long[-55, 55]).Sample((values, wanted) =>
    {
        long[] sorted = [.. values.Distinct().Order()];
        Assert.Equal(Array.BinarySearch(sorted, wanted), new EntityKeys(sorted).BinarySearch(EntityKey.Of(wanted)));
    });

    [Fact]
    public void Texts_are_found_in_an_ascending_list() => Gen.Select(Gen.String[0, 3].Array[0, 40], Gen.String[0, 3]).Sample((values, wanted) =>
    {
        EntityKey[] sorted = [.. values.Select(EntityKey.Of).Distinct().Order()];
        var keys = new EntityKeys(StringTable.Of(sorted.Select(key => key.ToString())));
        Assert.Equal(Array.BinarySearch(sorted, EntityKey.Of(wanted)), keys.BinarySearch(EntityKey.Of(wanted)));
    });

    [Fact]
    public void A_list_gives_its_keys_back()
    {
        var numbers = new EntityKeys(new long[] { 3, 5 });
        Assert.Equal((2, EntityKeyType.Int64, EntityKey.Of(5)), (numbers.Count, numbers.Type, numbers[1]));
        var texts = new EntityKeys(StringTable.Of(["x", "yy"]));
        Assert.Equal((2, EntityKeyType.String, EntityKey.Of("yy")), (texts.Count, texts.Type, texts[1]));
        Assert.Equal("yy", Encoding.UTF8.GetString(texts[1].Utf8));
    }
}
