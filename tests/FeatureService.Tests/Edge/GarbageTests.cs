using CsCheck;
using FeatureService.Tests.Support;
using Google.Protobuf;
using Grpc.Core;

namespace FeatureService.Tests.Edge;

public sealed class GarbageTests
{
    private static readonly Marshaller<byte[]> _bytes = Marshallers.Create(b => b, b => b);

    private static readonly string[] _unary =
        ["FeatureVectorsService/GetFeatureVectors", "FeatureViewsService/Validate", "ClusterService/GetTopology"];

    [Fact]
    public async Task Bytes_that_are_no_request_are_never_an_unknown_or_internal_error()
    {
        await using var service = await TestService.StartAsync();
        var good = Taxi.Get(1, 2).ToByteArray();
        var damaged = Gen.Select(Gen.Int[0, good.Length - 1], Gen.Byte, Gen.Int[0, good.Length]).Array[1, 6].Select(edits =>
        {
            var bytes = good.ToArray();
            foreach (var (index, value, length) in edits)
            {
                bytes[Math.Min(index, bytes.Length - 1)] = value;
                bytes = length % 5 == 0 && length > 0 ? bytes[..Math.Min(length, bytes.Length)] : bytes;
            }

            return bytes;
        });

        await Gen.Select(Gen.OneOf(Gen.Byte.Array[0, 200], damaged), Gen.Int[0, 4]).SampleAsync(
            async (request, rpc) =>
            {
                var status = rpc < _unary.Length ? await UnaryAsync(service, _unary[rpc], request)
                    : rpc == _unary.Length ? await StreamAsync(service, request)
                    : await BothWaysAsync(service, request);
                Assert.False(status is StatusCode.Unknown or StatusCode.Internal, $"{status}");
            },
            iter: 3000,
            threads: 4);
    }

    [Theory]
    [InlineData(new byte[] { 0, 0, 0, 0, 9, 1, 2 })]
    [InlineData(new byte[] { 0, 0 })]
    [InlineData(new byte[0])]
    [InlineData(new byte[] { 0, 0, 0, 0, 0, 7, 7, 7 })]
    [InlineData(new byte[] { 1, 0, 0, 0, 3, 7, 7, 7 })]
    [InlineData(new byte[] { 9, 0, 0, 0, 0 })]
    public async Task Frames_that_are_none_are_never_an_unknown_or_internal_error(byte[] body)
    {
        await using var service = await TestService.StartAsync();
        using var client = new HttpMessageInvoker(HttpHandlers.Unix(service.Host.Address));
        using var request = new HttpRequestMessage(HttpMethod.Post, "http://localhost/features.v1.FeatureViewsService/Validate")
        {
            Version = new Version(2, 0),
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Content = new ByteArrayContent(body) { Headers = { { "content-type", "application/grpc" } } },
        };

        using var response = await client.SendAsync(request, TestContext.Current.CancellationToken);
        await response.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken);

        var status = (response.TrailingHeaders.TryGetValues("grpc-status", out var trailing) ? trailing : response.Headers.GetValues("grpc-status")).Single();
        Assert.DoesNotContain(status, (string[])["0", "2", "13"]);
    }

    private static async Task<StatusCode> UnaryAsync(TestService service, string rpc, byte[] request)
    {
        var method = new Method<byte[], byte[]>(MethodType.Unary, "features.v1." + rpc.Split('/')[0], rpc.Split('/')[1], _bytes, _bytes);
        try
        {
            await service.Channel.CreateCallInvoker().AsyncUnaryCall(method, null, default, request);
            return StatusCode.OK;
        }
        catch (RpcException exception)
        {
            return exception.StatusCode;
        }
    }

    private static async Task<StatusCode> BothWaysAsync(TestService service, byte[] request)
    {
        var method = new Method<byte[], byte[]>(MethodType.DuplexStreaming, "features.v1.FeatureVectorsService", "StreamFeatureVectors", _bytes, _bytes);
        using var call = service.Channel.CreateCallInvoker().AsyncDuplexStreamingCall(method, null, default);
        try
        {
            await call.RequestStream.WriteAsync(VectorStream.Selection.ToByteArray(), TestContext.Current.CancellationToken);
            await call.RequestStream.WriteAsync(request, TestContext.Current.CancellationToken);
            await call.RequestStream.CompleteAsync();
            while (await call.ResponseStream.MoveNext(TestContext.Current.CancellationToken))
            {
            }

            return StatusCode.OK;
        }
        catch (RpcException exception)
        {
            return exception.StatusCode;
        }
    }

    private static async Task<StatusCode> StreamAsync(TestService service, byte[] request)
    {
        var method = new Method<byte[], byte[]>(MethodType.ServerStreaming, "features.v1.FeatureVectorsService", "Backfill", _bytes, _bytes);
        try
        {
            using var call = service.Channel.CreateCallInvoker().AsyncServerStreamingCall(method, null, default, request);
            while (await call.ResponseStream.MoveNext(TestContext.Current.CancellationToken))
            {
            }

            return StatusCode.OK;
        }
        catch (RpcException exception)
        {
            return exception.StatusCode;
        }
    }
}
