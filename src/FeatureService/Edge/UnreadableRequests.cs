using System.Globalization;
using Grpc.Core;
using Microsoft.AspNetCore.Http.Features;

namespace FeatureService.Edge;

/// <summary>
/// The framework answers bytes that are no message with UNKNOWN or INTERNAL, before any of our code has seen them. They are the
/// caller's fault, and this makes the status say so.
/// </summary>
internal static class UnreadableRequests
{
    private const string StatusHeader = "grpc-status";
    private const string MessageHeader = "grpc-message";

    /// <summary>The middleware.</summary>
    public static async Task InvokeAsync(HttpContext context, RequestDelegate next)
    {
        await next(context).ConfigureAwait(false);
        if (CallState.Of(context) is not null)
        {
            return;
        }

        var trailers = context.Response.HasStarted
            ? context.Features.Get<IHttpResponseTrailersFeature>()?.Trailers
            : context.Response.Headers;
        if (trailers is { IsReadOnly: false }
            && int.TryParse(trailers[StatusHeader], NumberStyles.None, CultureInfo.InvariantCulture, out var status)
            && (StatusCode)status is StatusCode.Unknown or StatusCode.Internal)
        {
            trailers[StatusHeader] = ((int)StatusCode.InvalidArgument).ToString(CultureInfo.InvariantCulture);
            trailers[MessageHeader] = "the request is not a readable message of this method";
        }
    }
}
