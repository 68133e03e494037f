"""Fixes of templates: before and after, and what is refused."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from textwrap import dedent
from typing import Any

import pytest
from running import apply

from lambdalint.check import Edit, Refusal
from lambdalint.model import Location
from lambdalint.rewriting.templates import deploy_gradually, keep_logs, remove, remove_event, replace, state


def at(text: str, *keys: str) -> Location:
    """Where a key stands: the last of these words, each looked for behind the one before."""
    index = 0
    for key in keys:
        index = text.index(key, index + 1 if index else 0)
    index -= text[index - 1] == '"'
    line = text.count("\n", 0, index)
    return Location("", line + 1, index - text.rfind("\n", 0, index))


def stated(text: str, name: str, value: Any, *ids: str) -> str:
    return apply(text, state(text, places=[at(text, "Resources", one) for one in ids], name=name, value=value))


def refused(edits: Callable[[], Sequence[Edit]]) -> str:
    with pytest.raises(Refusal) as reason:
        edits()
    return str(reason.value)


PLAIN = """\
Transform: AWS::Serverless-2016-10-31

Resources:
  Orders:  # takes orders
    Type: AWS::Serverless::Function
    Properties:
      Handler: app.handler
      Runtime: 'python3.13'  # the newest
      # What it may do
      Policies:
      - AmazonS3ReadOnlyAccess   # reads

"""


def test_a_setting_stands_behind_its_neighbours() -> None:
    after = PLAIN.replace("  # the newest\n", "  # the newest\n      MemorySize: 512\n")
    assert stated(PLAIN, "MemorySize", 512, "Orders") == after
    assert stated(PLAIN.replace("\n", "\r\n"), "MemorySize", 512, "Orders") == after.replace("\n", "\r\n")
    after = PLAIN.replace("  # the newest\n", "  # the newest\n      Architectures:\n      - arm64\n")
    assert stated(PLAIN, "Architectures", ["arm64"], "Orders") == after


@pytest.mark.parametrize(
    ("before", "added"),
    [
        ("Handler: a.b\nTimeout: 3\nMemorySize: 128\nRole: x", ("MemorySize: 128", "Tracing: Active")),
        ("Timeout: 3\nHandler: a.b\nRuntime: x\nRole: x", ("Runtime: x", "Tracing: Active")),
        ("Runtime: x\nHandler: a.b\nArchitectures:\n- arm64\nRole: x", ("- arm64", "Tracing: Active")),
        ("Role: x\nTags: {a: b}", ("Tags: {a: b}", "Tracing: Active")),
        ("Runtime: 'x'\nHandler: 'a.b'", ("Handler: 'a.b'", "Tracing: 'Active'")),
        ('"Runtime": "x"\n"Handler": "a.b"', ('"Handler": "a.b"', '"Tracing": "Active"')),
    ],
)
def test_order_and_quotes_are_those_around_it(before: str, added: tuple[str, str]) -> None:
    def template(properties: str) -> str:
        lines = "".join(f"            {line}\n" for line in properties.splitlines())
        return f"Resources:\n    Orders:\n        Type: AWS::Serverless::Function\n        Properties:\n{lines}"

    after = before.replace(added[0], "\n".join(added))
    assert stated(template(before), "Tracing", "Active", "Orders") == template(after)


def test_the_last_line_may_have_no_end_and_be_in_a_block() -> None:
    before = dedent(
        """\
        Resources:
          Orders:
            Type: AWS::Lambda::Function
            Properties:
              Runtime: x
              Code:
                ZipFile: |-
                  def handler(event, context):
                      pass"""
    )
    assert stated(before, "Tracing", "Active", "Orders") == before.replace(
        "Runtime: x\n", "Runtime: x\n      TracingConfig:\n        Mode: Active\n"
    )
    bare = before.replace("      Runtime: x\n", "")
    assert stated(bare, "MemorySize", 512, "Orders") == f"{bare}\n      MemorySize: 512"
    clipped = bare.replace("|-", "|")  # the code would get the line end that it lacks
    assert "more than this" in refused(lambda: state(clipped, places=[at(clipped, "Orders")], name="Role", value="x"))


@pytest.mark.parametrize("head", ["|", ">", "|+", "|2-", "> # folded"])
def test_a_block_of_text_stays_as_long_as_it_is(head: str) -> None:
    top = f"Resources:\n  Orders:\n    Properties:\n      Description: {head}\n        One\n\n        Two\n\n"
    for rest in ("", "# The end\n", "  Mails:\n    Type: AWS::SNS::Topic\n"):
        after = stated(top + rest, "MemorySize", 512, "Orders")
        there = top if head == "|+" else top.removesuffix("\n")
        assert after == f"{there}      MemorySize: 512\n{(top + rest).removeprefix(there)}"


def test_a_setting_within_a_map_that_is_there_joins_it() -> None:
    before = PLAIN + "      LoggingConfig:\n        LogGroup: !Ref Logs\n"
    after = f"{before}        LogFormat: JSON\n"
    assert stated(before, "LoggingConfig.LogFormat", "JSON", "Orders") == after


TWO = """\
AWSTemplateFormatVersion: 2010-09-09
Transform: AWS::Serverless-2016-10-31
Description: >
  Takes orders,
  and sends them.

# All there is
Resources:
    Orders:
        Type: AWS::Serverless::Function
        Properties:
            Runtime: python3.13
    Mails:
        Type: AWS::Serverless::Function
        Properties:
            Runtime: python3.13
    Plain:
        Type: AWS::Lambda::Function
        Properties:
            Runtime: python3.13
"""
IN_GLOBALS = TWO.replace("# All", "Globals:\n    Function:\n        MemorySize: 512\n\n# All")


def test_what_all_functions_lack_is_stated_once() -> None:
    assert stated(TWO, "MemorySize", 512, "Orders", "Mails") == IN_GLOBALS
    beside = "Plain:\n        Type: AWS::Lambda::Function\n        Properties:\n            Runtime: python3.13\n"
    assert stated(TWO, "MemorySize", 512, "Orders", "Mails", "Plain") == IN_GLOBALS.replace(
        beside, f"{beside}            MemorySize: 512\n"
    )


def test_one_function_is_given_its_own_unless_there_is_a_section_for_all() -> None:
    one = TWO.partition("    Mails:")[0]
    assert stated(one, "MemorySize", 512, "Orders") == f"{one}            MemorySize: 512\n"
    shared = one.replace("# All", "Globals: # for all\n    Function:\n        Timeout: 3\n# All")
    after = shared.replace("Timeout: 3\n", "Timeout: 3\n        MemorySize: 512\n")
    assert stated(shared, "MemorySize", 512, "Orders") == after
    api = one.replace("# All", "Globals:\n    Api:\n        TracingEnabled: true\n# All")
    assert "Globals:\n    Api:\n        TracingEnabled: true\n# All" in stated(api, "MemorySize", 512, "Orders")


@pytest.mark.parametrize(
    ("text", "ids"),
    [
        (TWO, ["Mails"]),
        (TWO.replace("    Mails:\n", "    Mails:\n        IgnoreGlobals: '*'\n"), ["Orders", "Mails"]),
        (f"{TWO}    Fn::ForEach::Each: [Name, [a, b], {{}}]\n", ["Orders", "Mails"]),
        (TWO.partition("Resources")[0] + "Resources" + TWO.partition("Resources")[2], ["Orders"]),
        (IN_GLOBALS.replace("MemorySize", "Timeout"), ["Orders"]),
    ],
)
def test_globals_are_left_alone_if_others_would_be_met(text: str, ids: list[str]) -> None:
    after = stated(text, "MemorySize", 512, *ids)
    assert after.count("            MemorySize: 512\n") == len(ids)
    assert after.count("MemorySize") == len(ids)


def test_a_setting_that_globals_cannot_hold_goes_to_each() -> None:
    assert stated(TWO, "ReservedConcurrentExecutions", 5, "Orders", "Mails").count("ReservedConcurrent") == 2


@pytest.mark.parametrize("indent", ["  ", "    ", "\t"])
def test_json_keeps_its_indentation_and_its_commas(indent: str) -> None:
    function = {"Type": "AWS::Serverless::Function", "Properties": {"Runtime": "x", "Handler": "y", "Role": "z"}}

    def written(**functions: Any) -> str:
        return json.dumps({"Transform": "AWS::Serverless-2016-10-31", **functions}, indent=indent)

    before = written(Resources={"Orders": function})
    new = {"Runtime": "x", "Handler": "y", "MemorySize": 512, "Role": "z"}
    assert stated(before, "MemorySize", 512, "Orders") == written(Resources={"Orders": {**function, "Properties": new}})
    last = {"Runtime": "x", "Handler": "y", "Role": "z", "Other": {"A": "B"}}
    assert stated(before, "Other.A", "B", "Orders") == written(Resources={"Orders": {**function, "Properties": last}})
    two = {"Orders": function, "Mails": function}
    assert stated(written(Resources=two), "MemorySize", 512, "Orders", "Mails") == written(
        Globals={"Function": {"MemorySize": 512}}, Resources=two
    )


def test_json_in_its_older_spelling_stays_so() -> None:
    before = '{\n  "Resources" : {\n    "Orders" : {\n      "Properties" : {\n        "Runtime" : "x"\n      } } } }\n'
    after = before.replace('"x"\n', '"x",\n        "MemorySize" : 512\n')
    assert stated(before, "MemorySize", 512, "Orders") == after


def test_a_mapping_answers_for_single_messages() -> None:
    before = f"""{PLAIN.rstrip()}
      Events:
        Queue:
          Type: SQS
          Properties:
            Queue: !GetAtt Jobs.Arn
            BatchSize: 10
            Enabled: true
"""
    edits = state(
        before, places=[at(before, "Events", "Queue")], name="FunctionResponseTypes", value=["ReportBatchItemFailures"]
    )
    lines = "            FunctionResponseTypes:\n            - ReportBatchItemFailures\n"
    assert apply(before, edits) == f"{before}{lines}"
    topic = before.replace("SQS", "SNS")
    assert "no event source mapping" in refused(
        lambda: state(topic, places=[at(topic, "Events", "Queue")], name="FunctionResponseTypes", value=["x"])
    )


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("Resources: {Orders: {Type: AWS::Lambda::Function, Properties: {Runtime: x}}}", "one line"),
        ('{"Resources":{"Orders":{"Properties":{"Runtime":"x"}}}}', "one line"),
        ("Resources:\n  Orders:\n    Properties: {Runtime: x}\n", "one line"),
        ("Resources:\n  Orders:\n    Properties: {\n      Runtime: x, # why\n      Role: y}\n", "comment"),
        ("Resources:\n  Orders:\n    Properties: {}\n", "empty"),
        ("Resources:\n  Orders:\n    Properties:\n", "no plain map"),
        ("Resources:\n  Orders:\n    Properties: !Transform {Name: x}\n", "no plain map"),
        ("Resources:\n  Orders:\n    Properties:\n      Runtime: x\n      MemorySize: !Ref Size\n", "already"),
        ("Resources:\n  Orders:\n    Properties:\n      Runtime: '{{ runtime }}'\n", "template engine"),
        ("Resources:\n  Orders:\n    # {% if x %}\n    Properties:\n      Runtime: x\n", "template engine"),
        ("Resources:\r  Orders:\r    Properties:\r      Runtime: x\r", "lines end"),
        ("Resources:\n  A: &a\n    Runtime: x\n  Orders:\n    Properties: *a\n", "alias"),
        ("Resources:\n  Orders: &a\n    Properties:\n      Runtime: x\n  Other: *a\n", "alias"),
        ("Resources:\n  Orders:\n    Properties: &a\n      Runtime: x\n  B:\n    <<: *a\n", "alias"),
        ("Resources:\n  Orders:\n    Properties:\n      Runtime: x\n    Properties:\n      Role: x\n", "twice"),
        ("Resources:\n  Orders:\n    Properties:\n      ? Runtime\n      : x\n", "the result is not valid"),
        ("Resources:\n  Orders: [A, [b], {}]\n", "no plain map"),
    ],
)
def test_what_is_not_certain_is_refused(text: str, reason: str) -> None:
    assert reason in refused(lambda: state(text, places=[at(text, "Orders")], name="MemorySize", value=512))


def test_of_several_documents_the_right_one_is_changed() -> None:
    text = f"---\nResources:\n  Topic:\n    Type: AWS::SNS::Topic\n---\n{PLAIN}"
    place = at(text, "---\nTransform", "Orders")
    after = apply(text, state(text, places=[place], name="MemorySize", value=512))
    assert (
        after
        == f"---\nResources:\n  Topic:\n    Type: AWS::SNS::Topic\n---\n{stated(PLAIN, 'MemorySize', 512, 'Orders')}"
    )


@pytest.mark.parametrize(
    "value", ["python3.8", "'python3.8'", '"python3.8"', "python3.8  # old", "\n        python3.8"]
)
def test_a_value_is_replaced_as_it_was_quoted(value: str) -> None:
    text = PLAIN.replace("'python3.13'  # the newest", value)
    after = replace(text, place=at(text, "Runtime"), old="python3.8", new="python3.14")
    assert apply(text, after) == text.replace("python3.8", "python3.14")


PARAMETER = f"""\
Parameters:
  Version:
    Type: String
    Default: python3.8
{PLAIN.replace("'python3.13'", "!Ref Version")}"""


def test_a_value_may_be_the_default_of_a_parameter() -> None:
    for text in (PARAMETER, PARAMETER.replace("!Ref Version", "{Ref: Version}")):
        edits = replace(text, place=at(text, "Runtime"), old="python3.8", new="python3.14")
        assert apply(text, edits) == text.replace("python3.8", "python3.14")


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (PARAMETER.replace("String\n", "String\n    AllowedValues: [python3.8]\n"), "does not allow"),
        (PARAMETER.replace("String\n", "AWS::SSM::Parameter::Value<String>\n"), "somewhere else"),
        (PARAMETER.replace("    Default: python3.8\n", ""), "as such"),
        (PLAIN.replace("'python3.13'", "!FindInMap [A, B, C]"), "as such"),
        (PLAIN.replace("'python3.13'", "python3.9"), "as such"),
        (PLAIN.replace("'python3.13'", '"python\\x33.8"'), "as such"),
        (PLAIN.replace("'python3.13'", "&r python3.8") + "  B: {Runtime: *r}\n", "as such"),
        ("X: &r python3.8\n" + PLAIN.replace("'python3.13'", "*r"), "alias"),
    ],
)
def test_a_value_that_is_made_elsewhere_is_not_replaced(text: str, reason: str) -> None:
    assert reason in refused(lambda: replace(text, place=at(text, "Runtime"), old="python3.8", new="python3.14"))


VARIABLES = """\
Resources:
  Orders:
    Type: AWS::Serverless::Function
    Properties:
      Environment:
        Variables:
          TABLE: orders  # of this stack
          # Which one
          QUEUE: !Ref Queue
      Runtime: x
"""


def test_a_variable_is_taken_out_and_what_is_then_empty_too() -> None:
    once = apply(VARIABLES, remove(VARIABLES, place=at(VARIABLES, "TABLE")))
    assert once == VARIABLES.replace("          TABLE: orders  # of this stack\n", "")
    assert "comment" in refused(lambda: remove(once, place=at(once, "QUEUE")))
    once = once.replace("          # Which one\n", "")
    twice = apply(once, remove(once, place=at(once, "QUEUE")))
    assert twice == "Resources:\n  Orders:\n    Type: AWS::Serverless::Function\n    Properties:\n      Runtime: x\n"


@pytest.mark.parametrize(
    ("name", "left"), [("A", {"B": "b", "C": "c"}), ("B", {"A": "a", "C": "c"}), ("C", {"A": "a", "B": "b"})]
)
def test_a_variable_is_taken_out_of_json(name: str, left: dict[str, str]) -> None:
    def written(variables: dict[str, str]) -> str:
        return json.dumps({"Orders": {"Environment": {"Variables": variables}, "Runtime": "x"}}, indent=2)

    text = written({"A": "a", "B": "b", "C": "c"})
    assert apply(text, remove(text, place=at(text, f'"{name}"'))) == written(left)
    text = written({name: "a"})
    assert json.loads(apply(text, remove(text, place=at(text, f'"{name}"')))) == {"Orders": {"Runtime": "x"}}


@pytest.mark.parametrize(
    ("text", "keys", "reason"),
    [
        ("A:\n  B: x\n", ["B"], "nothing would be left"),
        ("A: {B: x, # why\n  C: y}\n", ["B"], "comment"),
        ("A:\n- B: x\n  C: y\n", ["B"], "shares its line"),
        ("A:\n  Environment:\n    # why\n    Variables: {B: x}\n  C: y\n", ["B"], "comment"),
        ("A: &a\n  B: x\n  C: y\nD: *a\n", ["B"], "more than this"),
        ("A:\n- x\n", ["x"], "key of its own"),
    ],
)
def test_an_entry_that_others_lean_on_stays(text: str, keys: list[str], reason: str) -> None:
    assert reason in refused(lambda: remove(text, place=at(text, *keys)))


def test_a_function_is_deployed_gradually() -> None:
    before = f"{PLAIN}  Other:\n    Type: AWS::SNS::Topic\n"
    edits = deploy_gradually(
        before, places=[at(before, "Orders")], alias="live", preference="Linear10PercentEvery1Minute"
    )
    assert apply(before, edits) == before.replace(
        "  # the newest\n",
        """  # the newest
      AutoPublishAlias: live
      DeploymentPreference:
        Type: Linear10PercentEvery1Minute
        Alarms:
        - !Ref OrdersErrors
""",
    ).replace(
        "  # reads\n",
        """  # reads

  OrdersErrors:
    Type: AWS::CloudWatch::Alarm
    Properties:
      Namespace: AWS/Lambda
      MetricName: Errors
      Statistic: Sum
      Period: 60
      EvaluationPeriods: 1
      Dimensions:
      - Name: FunctionName
        Value: !Ref Orders
      - Name: Resource
        Value: !Sub ${Orders}:live
      Threshold: 0
      ComparisonOperator: GreaterThanThreshold
      TreatMissingData: notBreaching
""",
    )


def test_an_alias_that_is_there_is_kept() -> None:
    for text in (
        PLAIN.replace("      Handler", "      AutoPublishAlias: prod\n      Handler"),
        PLAIN.replace("Resources", "Globals:\n  Function:\n    AutoPublishAlias: prod\nResources"),
    ):
        after = apply(text, deploy_gradually(text, places=[at(text, "Orders")], alias="live", preference="X"))
        assert after.count("AutoPublishAlias") == 1
        assert "${Orders}:prod" in after
    unknown = PLAIN.replace("      Handler", "      AutoPublishAlias: !Ref Stage\n      Handler")
    assert "not known" in refused(
        lambda: deploy_gradually(unknown, places=[at(unknown, "Orders")], alias="live", preference="X")
    )
    taken = f"{PLAIN}  OrdersErrors:\n    Type: AWS::SNS::Topic\n"
    assert "something else" in refused(
        lambda: deploy_gradually(taken, places=[at(taken, "Orders")], alias="live", preference="X")
    )


def test_a_function_without_properties_gets_them_once() -> None:
    before = "Resources:\n  Orders:\n    Type: AWS::Serverless::Function\n  Other:\n    Type: AWS::SNS::Topic\n"
    after = apply(before, deploy_gradually(before, places=[at(before, "Orders")], alias="live", preference="X"))
    assert after.startswith(
        "Resources:\n  Orders:\n    Type: AWS::Serverless::Function\n    Properties:\n      AutoPublishAlias: live\n"
        "      DeploymentPreference:\n        Type: X\n        Alarms:\n"
    )
    assert after.count("Properties") == 2


def test_an_event_is_removed_with_the_map_it_alone_stands_in() -> None:
    events = """\
      Events:
        List:
          Type: HttpApi
        Warm:
          Type: Schedule
          Properties:
            Schedule: rate(5 minutes)
"""
    several = PLAIN + events
    assert apply(several, remove_event(several, place=at(several, "Warm"))) == several.partition("        Warm")[0]
    alone = PLAIN + events.replace("        List:\n          Type: HttpApi\n", "")
    assert apply(alone, remove_event(alone, place=at(alone, "Warm"))) == PLAIN
    apart = f"{PLAIN}  Warm:\n    Type: AWS::Events::Rule\n    Properties:\n      State: ENABLED\n"
    assert "resource of its own" in refused(lambda: remove_event(apart, place=at(apart, "Warm")))


def test_each_function_gets_a_log_group_of_its_own() -> None:
    before = f"{PLAIN}  Other:\n    Type: AWS::Serverless::Function\n"
    places = [at(before, "Orders"), at(before, "Other")]
    after = apply(before, keep_logs(before, places=places, days=7))
    assert after.count("RetentionInDays: 7") == 2
    assert "LogGroup: !Ref OrdersLogs" in after
    assert after.endswith(
        "  Other:\n    Type: AWS::Serverless::Function\n    Properties:\n      LoggingConfig:\n"
        "        LogGroup: !Ref OtherLogs\n\n  OtherLogs:\n    Type: AWS::Logs::LogGroup\n    Properties:\n"
        "      RetentionInDays: 7\n"
    )
    taken = f"{before}  OtherLogs:\n    Type: AWS::SNS::Topic\n"
    assert "something else called OtherLogs" in refused(lambda: keep_logs(taken, places=places, days=7))
