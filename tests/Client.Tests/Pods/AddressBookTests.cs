using System.Net;
using FeatureService.Client.Transport;
using FeatureService.Client.Transport.Pods;
using Microsoft.Extensions.Time.Testing;

namespace FeatureService.Client.Tests.Pods;

public sealed class AddressBookTests
{
    private readonly FakeTimeProvider _time = new();
    private IReadOnlyList<IPAddress> _answer = [IPAddress.Parse("10.0.0.2"), IPAddress.Parse("10.0.0.1"), IPAddress.Parse("fd00::1")];
    private bool _fails;

    [Fact]
    public async Task A_name_leads_to_all_its_addresses_and_others_stay_as_they_are()
    {
        var book = Book("unix:/socket", "dns:///pods:5080");
        Assert.Equal(["unix:/socket", "http://10.0.0.1:5080", "http://10.0.0.2:5080", "http://[fd00::1]:5080"], await book.ResolveAsync());
    }

    [Fact]
    public async Task A_look_up_that_fails_or_finds_nothing_leaves_what_was_found()
    {
        var book = Book("dns:///pods:5080");
        var first = await book.ResolveAsync();
        _fails = true;
        Assert.Equal(first, await book.ResolveAsync());
        (_fails, _answer) = (false, []);
        Assert.Equal(first, await book.ResolveAsync());
    }

    [Fact]
    public async Task A_name_that_was_never_found_is_told()
    {
        _fails = true;
        var failure = await Assert.ThrowsAsync<FeatureServiceException>(() => Book("dns:///pods:5080").ResolveAsync());
        Assert.Equal("dns:///pods:5080 is not found: no such name", failure.Message);
    }

    [Fact]
    public async Task A_look_up_is_due_again_after_its_interval_and_a_second_after_a_pod_failed()
    {
        var book = Book("dns:///pods:5080");
        await book.ResolveAsync();
        Assert.Equal(TimeSpan.FromSeconds(20), book.UntilDue());
        book.Doubt();
        Assert.Equal(TimeSpan.FromSeconds(1), book.UntilDue());
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(TimeSpan.Zero, book.UntilDue());
        Assert.Null(Book("unix:/socket").UntilDue());
    }

    [Theory]
    [InlineData("dns:///pods")]
    [InlineData("dns:///:5080")]
    [InlineData("dns:///pods:5080/path")]
    [InlineData("dns://pods:5080")]
    [InlineData("https://pods:5080")]
    public void An_address_that_is_none_is_told(string endpoint)
    {
        var error = Assert.Throws<ArgumentException>(() => new FeatureServiceClient(endpoint));
        Assert.Contains($"'{endpoint}'", error.Message, StringComparison.Ordinal);
        Assert.Contains("dns:///NAME:PORT", error.Message, StringComparison.Ordinal);
    }

    private AddressBook Book(params string[] endpoints) => new(new FeatureServiceClientOptions
    {
        Endpoints = endpoints,
        Time = _time,
        Resolve = (_, _) => _fails ? throw new IOException("no such name") : Task.FromResult(_answer),
    });
}
