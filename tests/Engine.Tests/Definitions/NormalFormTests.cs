namespace FeatureService.Engine.Tests.Definitions;

public sealed class NormalFormTests
{
    [Theory]
    [InlineData("count(app_opens) over 13w", "feature: count(app_opens over 91d)")]
    [InlineData("sum(rides.fare * 1.0 / km where km > 0) over 13w", "feature: sum(divide(multiply(float64(rides.fare), float64:3ff0000000000000), rides.km) where greater(rides.km, float64:0000000000000000) over 91d)")]
    [InlineData("count(rides where payment = 'cash') over 13w / count(rides) over 13w", "feature: divide(float64(count(rides where equal(rides.payment, string:'cash') over 91d)), float64(count(rides over 91d)))")]
    [InlineData("count(rides where hour(picked_up_at) >= 22 or hour(picked_up_at) < 5) over 90d", "feature: count(rides where or(greater_or_equal(hour(rides.picked_up_at), int64:22), less(hour(rides.picked_up_at), int64:5)) over 90d)")]
    [InlineData("count(app_opens) over 4w lag 36h", "feature: count(app_opens over 28d lag 2160min)")]
    [InlineData("last(rides.area) over all", "feature: last(rides.area over all)")]
    [InlineData("sum(rides.shared) over 1d", "feature: sum(int64(rides.shared) over 1d)")]
    public void A_definition_has_this_normal_form(string definition, string normalForm) =>
        Assert.Equal(normalForm, Sample.Feature(definition).NormalForm);
}
