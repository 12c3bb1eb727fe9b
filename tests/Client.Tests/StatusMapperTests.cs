using FeatureService.Client.Transport;
using Grpc.Core;

namespace FeatureService.Client.Tests;

public sealed class StatusMapperTests
{
    [Fact]
    public void A_connection_that_breaks_while_a_call_starts_is_a_service_that_does_not_answer()
    {
        var broken = new HttpRequestException("the connection was closed", new HttpIOException(HttpRequestError.ResponseEnded, "no more bytes"));
        var mapped = StatusMapper.Map(new RpcException(new Status(StatusCode.Internal, "Error starting gRPC call.", broken)), "http://pod-1");

        Assert.Equal(StatusCode.Unavailable, mapped.Status);
        Assert.StartsWith("http://pod-1 does not answer: no more bytes", mapped.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_internal_error_of_a_service_stays_one()
    {
        var mapped = StatusMapper.Map(new RpcException(new Status(StatusCode.Internal, "a slice failed")), "http://pod-1");

        Assert.Equal(StatusCode.Internal, mapped.Status);
        Assert.Equal("a slice failed", mapped.Message);
    }
}
