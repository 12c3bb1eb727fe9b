using FeatureService.Client.Transport;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Status = Grpc.Core.Status;

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
    public void A_deadline_that_passes_at_the_client_names_the_service()
    {
        var mapped = StatusMapper.Map(new RpcException(new Status(StatusCode.DeadlineExceeded, "")), "http://pod-1");

        Assert.Equal(StatusCode.DeadlineExceeded, mapped.Status);
        Assert.Equal("http://pod-1 did not answer in time", mapped.Message);
    }

    [Fact]
    public void An_internal_error_of_a_service_stays_one()
    {
        var mapped = StatusMapper.Map(new RpcException(new Status(StatusCode.Internal, "a slice failed")), "http://pod-1");

        Assert.Equal(StatusCode.Internal, mapped.Status);
        Assert.Equal("a slice failed", mapped.Message);
    }

    [Theory]
    [MemberData(nameof(SpoiltDetails))]
    public void Details_that_cannot_be_read_leave_the_status_as_it_is(byte[] details)
    {
        var trailers = new Metadata { { "grpc-status-details-bin", details } };

        var mapped = StatusMapper.Map(new RpcException(new Status(StatusCode.ResourceExhausted, "full"), trailers), "http://pod-1");

        Assert.Equal((StatusCode.ResourceExhausted, "full", null), (mapped.Status, mapped.Message, mapped.RetryAfter));
    }

    public static TheoryData<byte[]> SpoiltDetails()
    {
        // No status; a status with a detail that is none; a pause that is no time.
        var noPause = new Google.Rpc.RetryInfo { RetryDelay = new() { Seconds = 1, Nanos = -1 } };
        return new(
            [0xFF, 0xFF, 0xFF, 1],
            new Google.Rpc.Status { Code = 8, Details = { new Any { TypeUrl = "type.googleapis.com/google.rpc.ErrorInfo", Value = ByteString.CopyFrom(0xFF, 1) } } }.ToByteArray(),
            new Google.Rpc.Status { Code = 8, Details = { Any.Pack(noPause) } }.ToByteArray());
    }
}
