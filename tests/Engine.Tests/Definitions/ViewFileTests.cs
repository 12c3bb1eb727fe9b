using FeatureService.Engine.Definitions;

namespace FeatureService.Engine.Tests.Definitions;

public sealed class ViewFileTests
{
    [Fact]
    public void A_view_has_its_keys_and_its_columns_features_first()
    {
        var view = Sample.Good("""
            labels:
              used: count(coupons) over next 1w > 0
            view: coupon_response
            description: Will this user use a coupon?
            numbers: float32
            features:
              b: 1
              a: 2   # a comment
            """);
        Assert.Equal(("coupon_response", "Will this user use a coupon?", NumberType.Float32), (view.Name, view.Description, view.Numbers));
        Assert.Equal(["b", "a", "used"], view.Columns.Select(column => column.Name));
        Assert.Equal([FeatureRole.Feature, FeatureRole.Feature, FeatureRole.Label], view.Columns.Select(column => column.Role));
        Assert.Equal(["1", "2", "count(coupons) over next 1w > 0"], view.Columns.Select(column => column.Text));
    }

    [Theory]
    [InlineData("", "1:1: the file is empty: expected a mapping")]
    [InlineData("just text", "1:1: the view file holds a text: expected a mapping with the keys view, description, features, labels, population, numbers")]
    [InlineData("view: v", "1:1: the view has no columns: expected features or labels")]
    [InlineData("features: {a: 1}", "1:1: the view has no key 'view': expected one")]
    [InlineData("view: a/b\nfeatures: {a: 1}", "1:7: the view's name 'a/b' is not usable: expected letters, digits, '_', '-' and '.', a letter first")]
    [InlineData("view: [v]\nfeatures: {a: 1}", "1:1: the key 'view' of the view has a list: expected a text")]
    [InlineData("view: v\nfeatures: {}", "2:11: there is no feature: expected at least one, or no such key")]
    [InlineData("view: v\nfeatures: [a]", "2:1: the key 'features' of the view has a list: expected a mapping of names to definitions")]
    [InlineData("view: v\nfeatures:\n", "2:1: the key 'features' of the view has nothing: expected a mapping of names to definitions")]
    [InlineData("view: v\nfeatures:\n  a:\n", "3:3: the feature 'a' has nothing: expected a definition, as count(SOURCE) over 13w")]
    [InlineData("view: v\nlabels:\n  a: {b: 1}\n", "3:3: the label 'a' has a mapping: expected a definition, as count(SOURCE) over 13w")]
    [InlineData("view: v\nnumbers: float64\nfeatures: {a: 1}", "2:10: numbers is 'float64': expected float32, or no such key for own types")]
    [InlineData("view: v\nfeature: {a: 1}\nlabels: {a: 1}", "2:1: unknown key 'feature' in the view: did you mean 'features'?")]
    [InlineData("view: v\nview: w\nfeatures: {a: 1}", "2:1: the key 'view' stands twice: the first is in line 1")]
    [InlineData("view: v\nfeatures:\n  a: 1\n  a: 2\n", "4:3: the feature 'a' clashes with 'a' in line 3: column names must differ, ignoring case")]
    [InlineData("view: v\nfeatures:\n  opens: 1\nlabels:\n  Opens: 2\n", "5:3: the label 'Opens' clashes with 'opens' in line 3: column names must differ, ignoring case")]
    [InlineData("view: v\nfeatures:\n  User_ID: 1\n", "3:3: the feature 'User_ID' clashes with the entity 'user_id': column names must differ, ignoring case")]
    [InlineData("view: v\nfeatures:\n  Week: 1\n", "3:3: the feature 'Week' clashes with the column 'week': column names must differ, ignoring case")]
    [InlineData("view: v\nfeatures:\n  row_status: 1\n", "3:3: the feature 'row_status' clashes with the column 'row_status': column names must differ, ignoring case")]
    [InlineData("view: v\nfeatures:\n  \"\": 1\n", "3:3: the name of a feature is empty or holds control characters: expected a name")]
    [InlineData("view: v\nfeatures:\n  a: &x 1\n  b: *x\n", "3:6: anchors, aliases and tags of YAML are not supported here: expected the value itself")]
    [InlineData("view: v\nfeatures: {a: !!str 1}", "2:15: anchors, aliases and tags of YAML are not supported here: expected the value itself")]
    [InlineData("view: v\nfeatures: {[a]: 1}", "2:12: a key is a list: expected a text")]
    [InlineData("view: v\n---\nview: w", "2:1: a second document starts: expected one document in the file")]
    [InlineData("view: v\0", "1:8: the file is no text: it holds a character U+0000")]
    public void A_view_of_the_wrong_form_is_refused(string text, string error) => Assert.Equal(["v.view.yaml:" + error], Sample.Errors(text));

    [Theory]
    [InlineData("view: v\nfeatures:\n  a: count(rides where area = 'x: y') over 1w\n", "3:33", "a value with ': ' inside is misread: quote the whole value, or write it as a | block")]
    [InlineData("view: v\nfeatures:\n  a: 'cash' = 'cash'\n", "3:13", "a value that starts with a quote ends at the next one: quote the whole value, or write it as a | block")]
    [InlineData("view: v\nfeatures:\n  a: %5\n", "3:6", "a value cannot start with '%': quote the whole value, or write it as a | block")]
    [InlineData("view: v\nfeatures: {a: 1", "2:16", null)]
    [InlineData("view: v\nfeatures: [a, 1\nb: 2", "2:11", null)]
    [InlineData("view: \"v", "1:7", null)]
    public void What_yaml_cannot_read_gives_that_one_error_and_the_cure(string text, string place, string? cure)
    {
        var error = Assert.Single(Sample.Errors(text));
        Assert.StartsWith($"v.view.yaml:{place}: the file is not readable as YAML: ", error, StringComparison.Ordinal);
        Assert.Equal(cure is not null, error.EndsWith("; " + cure, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("a: count(rides where area = 'x #y') over 1w", "31: a quoted text does not end: expected a closing '")]
    [InlineData("a: count(rides where area = #1) over 1w", "30: expected a constant, a name, a function or '(', found the end of the definition")]
    public void A_definition_that_yaml_cut_at_a_comment_names_the_cure(string line, string error) => Assert.Equal(
        [$"v.view.yaml:3:{error}; what follows ' #' is a comment to YAML: if it belongs to the definition, quote the whole value, or write it as a | block"],
        Sample.Errors(Sample.View(line)));

    [Fact]
    public void A_comment_behind_a_wrong_definition_that_is_whole_is_not_blamed() => Assert.Equal(
        ["v.view.yaml:3:8: expected an operator or the end of the definition, found '2'"],
        Sample.Errors(Sample.View("a: 1 2 # note")));
}
