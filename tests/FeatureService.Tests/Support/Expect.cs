using Google.Rpc;
using Grpc.Core;

namespace FeatureService.Tests.Support;

/// <summary>Checks of how calls fail.</summary>
internal static class Expect
{
    public static async Task<RpcException> StatusAsync(StatusCode expected, Func<Task> call)
    {
        var exception = await Assert.ThrowsAsync<RpcException>(call);
        Assert.True(expected == exception.StatusCode, $"expected {expected}, got {exception.Status}");
        return exception;
    }

    public static Task<RpcException> StatusAsync<T>(StatusCode expected, AsyncUnaryCall<T> call) => StatusAsync(expected, () => call.ResponseAsync);

    public static async Task<string[]> ViolationsAsync(Func<Task> call)
    {
        var exception = await StatusAsync(StatusCode.InvalidArgument, call);
        return [.. exception.GetRpcStatus()!.GetDetail<BadRequest>()!.FieldViolations.Select(v => $"{v.Field}: {v.Description}")];
    }

    public static Task<string[]> ViolationsAsync<T>(AsyncUnaryCall<T> call) => ViolationsAsync(() => call.ResponseAsync);

    public static string Reason(RpcException exception) => exception.GetRpcStatus()!.GetDetail<ErrorInfo>()!.Reason;
}
