"""What templates have in other files: nested stacks, OpenAPI, includes, layers, images."""

# ruff: noqa: E501 (tables are easier to read in one line a row)
from __future__ import annotations

import json
from pathlib import Path
from textwrap import indent

import pytest
from declaring import functions, lay, shown, triggers
from running import check

from lambdalint.looking import Looker
from lambdalint.model import Function
from lambdalint.registry import load
from lambdalint.sources import Declared, read


@pytest.fixture(autouse=True)
def _here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def declared(path: str, root: str = ".") -> Declared:
    return read(path, Path(path).read_bytes(), root)


def of(found: Declared, name: str = "F") -> Function:
    return next(one for stack in found.stacks for one in stack.functions if one.logical_id == name)


def said(found: Declared) -> list[str]:
    return [f"{place.path}:{place.line} {message}" for place, message, _ in found.unreadable]


# -- nested stacks ---------------------------------------------------------------------------------

CHILD = """
    Parameters: {Size: {Type: Number, Default: 128}, Open: {Type: String}, Names: {Type: CommaDelimitedList}}
    Resources:
      F:
        Type: AWS::Serverless::Function
        Properties: {Handler: a.b, MemorySize: !Ref Size, Runtime: !Ref Open, Layers: !Ref Names}
    """


def parent(parameters: str, name: str = "child.yaml") -> str:
    return f"""
    Parameters: {{Own: {{Type: String, Default: python3.13}}}}
    Resources:
      Child:
        Type: AWS::CloudFormation::Stack
        Properties: {{TemplateURL: {name}, Parameters: {{{parameters}}}}}
    """


NESTED = [
    ({}, 128, "?${Open}", "?${Names}"),
    ({"main.yaml": parent("Size: 512, Open: !Ref Own, Names: 'a,b'")}, 512, "python3.13", ("a", "b")),
    ({"main.yaml": parent("Open: !GetAtt X.Y, Names: !Ref Child")}, 128, "?${Open}", "?${Names}"),
    ({"one.yaml": parent("Size: 512"), "two.yaml": parent("Size: 1024")}, [512, 1024], "?${Open}", "?${Names}"),
    ({"one.yaml": parent("Size: 512, Open: x"), "two.yaml": parent("Open: x")}, [512, 128], "x", "?${Names}"),
    ({"main.yaml": parent("Size: 512", "other.yaml")}, 128, "?${Open}", "?${Names}"),
    ({"main.yaml": "Resources: [\nAWS::CloudFormation::Stack"}, 128, "?${Open}", "?${Names}"),
    ({"main.json": '{"Resources": {"C": {"Type": "AWS::Serverless::Application", "Properties": {"Location": "./child.yaml", "Parameters": {"Size": "256"}}}}}'}, 256, "?${Open}", "?${Names}"),
]  # fmt: skip


@pytest.mark.parametrize(("parents", "memory", "runtime", "layers"), NESTED)
def test_parents_state_the_parameters(parents: dict[str, str], memory: object, runtime: object, layers: object) -> None:
    lay({"child.yaml": CHILD, **parents}, Path())
    found = declared("child.yaml")
    function = of(found)
    assert (shown(function.memory_mb), shown(function.runtime), shown(function.layers)) == (memory, runtime, layers)
    assert function.memory_mb is not None
    assert function.memory_mb.location.path == "child.yaml"
    assert {path for path in found.files if path in parents} == {
        path for path in parents if "child.yaml" in parents[path]
    }


def test_a_parent_stands_in_a_folder_above() -> None:
    lay({"deep/er/child.yaml": CHILD, "main.yaml": parent("Size: 512", "./deep/er/child.yaml")}, Path())
    assert shown(of(declared("deep/er/child.yaml")).memory_mb) == 512


def test_the_cache_knows_the_parents() -> None:
    lay({"child.yaml": CHILD.replace("MemorySize: !Ref Size", "Timeout: !Ref Size")}, Path())

    def found() -> list[str]:
        there = check(".", "--select", "LL803", "--exit-zero").found
        assert there == check(".", "--select", "LL803", "--exit-zero", "--no-cache").found
        return there

    assert found() == found() == []
    lay({"main.yaml": parent("Size: 900")}, Path())
    assert found() == found() == ["child.yaml:6 LL803"]
    lay({"main.yaml": parent("Size: 90")}, Path())
    assert found() == []


def test_a_template_that_is_nested_within_itself() -> None:
    lay({"a.yaml": parent("", "b.yaml") + "# AWS::Lambda::", "b.yaml": parent("", "a.yaml")}, Path())
    assert said(declared("a.yaml")) == ["a.yaml:6 cannot be understood here: this template is nested within itself"]
    lay({"a.yaml": parent("", "a.yaml")}, Path())
    assert said(declared("a.yaml")) == ["a.yaml:6 cannot be understood here: this template is nested within itself"]


def test_what_leads_out_of_the_tree_is_refused() -> None:
    outside = "Resources: {F: {Type: AWS::Serverless::Function, Properties: {CodeUri: ../code, Handler: a.b}}}"
    lay({"in/t.yaml": outside, "in/n.yaml": parent("", "../x.yaml"), "code/a.py": "", "x.yaml": ""}, Path())
    out = "leads out of the tree that is looked at"
    assert said(declared("in/t.yaml", "in")) == [f"in/t.yaml:1 {out}: code is not read"]
    assert said(declared("in/n.yaml", "in")) == [f"in/n.yaml:6 {out}: x.yaml is not read"]
    assert said(declared("in/t.yaml")) == said(declared("in/n.yaml")) == []
    Path(".git").mkdir()
    assert said(declared("in/t.yaml", "elsewhere")) == []  # the tree is then the template's own repository


DATA = """
    Parameters: {Hidden: {Type: Number, Default: 1000}, Stage: {Type: String}}
    Resources:
      Jobs: {Type: AWS::SQS::Queue, Properties: {VisibilityTimeout: !Ref Hidden}}
      Clicks: {Type: AWS::Kinesis::Stream}
    Outputs:
      Arn: {Value: !GetAtt Jobs.Arn}
      Clicks: {Value: !GetAtt Clicks.Arn}
      Name: {Value: !Sub 'jobs-${Stage}'}
      Open: {Value: !Sub 'arn:aws:sqs:${AWS::Region}:1:${AWS::StackName}'}
      Memory: {Value: 512}
      Either: {Value: !If [Big, 1024, 2048]}
      Circle: {Value: !GetAtt Again.Outputs.Circle}
    """


def above(function: str, child: str = "data.yaml", more: str = "") -> str:
    return f"""
    Parameters: {{Stage: {{Type: String, Default: prod}}}}
    Resources:
      Data:
        Type: AWS::CloudFormation::Stack
        Properties: {{TemplateURL: {child}, Parameters: {{Hidden: 20, Stage: !Ref Stage}}}}
      F:
        Type: AWS::Serverless::Function
        Properties: {{Handler: a.b, Runtime: python3.13, Timeout: 60, {function}}}
    {more}
    """


OUTPUTS = [
    ("FunctionName: !GetAtt Data.Outputs.Name", "jobs-prod"),
    ("FunctionName: {'Fn::GetAtt': [Data, Outputs.Name]}", "jobs-prod"),
    ("FunctionName: {'Fn::GetAtt': Data.Outputs.Name}", "jobs-prod"),
    ("FunctionName: !Sub 'my-${Data.Outputs.Name}'", "my-jobs-prod"),
    ("FunctionName: !GetAtt Data.Outputs.Open", "?arn:aws:sqs:${AWS::Region}:1:${AWS::StackName}"),
    ("FunctionName: !GetAtt Data.Outputs.Arn", "?${Data.Jobs.Arn}"),
    ("FunctionName: !GetAtt Data.Outputs.Either", ["1024", "2048"]),
    ("FunctionName: !GetAtt Data.Outputs.None", "?${Data.Outputs.None}"),
    ("FunctionName: !GetAtt Data.Outputs.Circle", "?${Data.Again.Outputs.Circle}"),
    ("FunctionName: !GetAtt Gone.Outputs.Name", "?${Gone.Outputs.Name}"),
]


@pytest.mark.parametrize(("stated", "name"), OUTPUTS)
def test_outputs_of_nested_stacks_have_their_values(stated: str, name: object) -> None:
    lay({"main.yaml": above(stated), "data.yaml": DATA}, Path())
    function = of(declared("main.yaml"))
    assert shown(function.function_name) == name
    assert function.function_name is not None
    assert function.function_name.location.path == "main.yaml"


def test_an_output_that_leads_back_to_itself_is_not_known() -> None:
    again = "  Again: {Type: AWS::CloudFormation::Stack, Properties: {TemplateURL: data.yaml}}\n      Jobs"
    text = above("MemorySize: !GetAtt Data.Outputs.Circle, FunctionName: !GetAtt Data.Outputs.Name")
    lay({"main.yaml": text, "data.yaml": DATA.replace("  Jobs", again, 1)}, Path())
    function = of(declared("main.yaml"))
    assert (shown(function.memory_mb), shown(function.function_name)) == ("?${Data.Again.Outputs.Circle}", "jobs-prod")


@pytest.mark.parametrize(
    "kind", ["CloudFormation::Stack, Properties: {TemplateURL", "Serverless::Application, Properties: {Location"]
)
def test_queues_and_streams_of_nested_stacks_are_event_sources(kind: str) -> None:
    outputs = "Outputs: {Arn: {Value: !GetAtt Deep.Outputs.Arn}, Clicks: {Value: !GetAtt Deep.Outputs.Clicks}}"
    between = f"Resources:\n  Deep: {{Type: AWS::{kind}: ../data.yaml, Parameters: {{Hidden: 90}}}}}}\n{outputs}\n"
    events = "Events: {Q: {Type: SQS, Properties: {Queue: !GetAtt Data.Outputs.Arn}}}"
    mapping = "FunctionName: !Ref F, EventSourceArn: !GetAtt Data.Outputs.Clicks, StartingPosition: LATEST"
    more = f"  M: {{Type: AWS::Lambda::EventSourceMapping, Properties: {{{mapping}}}}}"
    lay({"main.yaml": above(events, "in/between.yaml", more), "in/between.yaml": between, "data.yaml": DATA}, Path())
    found = declared("main.yaml")
    (queue, stream) = of(found).triggers
    assert (queue.type, stream.type) == ("sqs", "kinesis")
    assert queue.queue is not None
    assert (queue.queue.logical_id, queue.queue.location.path) == ("Data.Deep.Jobs", "data.yaml")
    assert shown(queue.queue.visibility_timeout_s) == 90
    assert {"in/between.yaml", "data.yaml"} <= found.files
    assert said(found) == []


def test_a_queue_of_a_nested_stack_that_is_a_dead_letter_queue_there_needs_none() -> None:
    pair = "Jobs: {Type: AWS::SQS::Queue}\n      Other: {Type: AWS::SQS::Queue, Properties: {RedrivePolicy: {deadLetterTargetArn: !GetAtt Jobs.Arn}}}"
    events = "Events: {Q: {Type: SQS, Properties: {Queue: !GetAtt Data.Outputs.Arn}}}"
    for data, found in (
        (DATA, ["data.yaml:4 LL508"]),
        (DATA.replace("Jobs: {Type: AWS::SQS::Queue, Properties: {VisibilityTimeout: !Ref Hidden}}", pair), []),
    ):
        lay({"main.yaml": above(events), "data.yaml": data}, Path())
        assert check(".", "--select", "LL508", "--exit-zero", "--no-cache").found == found


def test_the_cache_knows_the_stacks_below() -> None:
    events = "Events: {Q: {Type: SQS, Properties: {Queue: !GetAtt Data.Outputs.Arn}}}"
    lay({"main.yaml": above(events), "data.yaml": DATA}, Path())

    def found() -> list[str]:
        there = check(".", "--select", "LL501", "--exit-zero").found
        assert there == check(".", "--select", "LL501", "--exit-zero", "--no-cache").found
        return there

    assert found() == found() == ["data.yaml:4 LL501"]
    lay({"data.yaml": DATA.replace("!Ref Hidden", "900")}, Path())
    assert found() == found() == []
    ignored = DATA.replace("      Jobs", "      # lambdalint: ignore[LL501] known\n      Jobs")
    lay({"data.yaml": ignored}, Path())
    assert found() == []


# -- parts of the template -------------------------------------------------------------------------

PART = """
    F: {Type: AWS::Serverless::Function, Properties: {Handler: a.b, Runtime: python3.13, MemorySize: !Ref Size}}
    G:
      Type: AWS::Lambda::Function
      Properties:
        Handler: index.handler
        Runtime: python3.13
        Code:
          ZipFile: |
            import boto3
            def handler(event, context):
                return boto3.client('s3').list_buckets()
    """


def including(section: str, location: str, more: str = "") -> str:
    return f"""
    AWSTemplateFormatVersion: '2010-09-09'
    Parameters: {{Size: {{Type: Number, Default: 640}}}}
    {section}Fn::Transform: {{Name: AWS::Include, Parameters: {{Location: {location}}}}}
    {more}
    """


PARTS = {
    "Resources: {Fn::Transform: {Name: AWS::Include, Parameters: {Location: part.yaml}}}": PART,
    "Fn::Transform: {Name: AWS::Include, Parameters: {Location: ./part.yaml}}": f"Resources:{indent(PART, '  ')}",
    "Transform: [Other, {Name: AWS::Include, Parameters: {Location: part.yaml}}]": f"Resources:{indent(PART, '  ')}",
}


@pytest.mark.parametrize("include", PARTS)
def test_resources_that_stand_in_other_files_are_read(include: str) -> None:
    above = "AWSTemplateFormatVersion: '2010-09-09'\nParameters: {Size: {Type: Number, Default: 640}}\n"
    lay({"main.yaml": above + include, "part.yaml": PARTS[include]}, Path())
    found = declared("main.yaml")
    function = of(found)
    assert (shown(function.memory_mb), function.location.path, function.triggers_known) == (640, "part.yaml", True)
    assert said(found) == []

    def run(*options: str) -> list[str]:
        return check(".", "--select", "LL101", "--exit-zero", *options).found

    assert run() == run() == run("--no-cache") == ["part.yaml:12 LL101"]
    lay({"part.yaml": PARTS[include].replace("return boto3.client('s3').list_buckets()", "pass")}, Path())
    assert run() == run("--no-cache") == []


def test_parts_are_included_in_other_sections_too() -> None:
    text = """
        Fn::Transform: {Name: AWS::Include, Parameters: {Location: gone.yaml}}
        Mappings: {Fn::Transform: {Name: AWS::Include, Parameters: {Location: maps.yaml}}}
        Globals: {Fn::Transform: {Name: AWS::Include, Parameters: {Location: globals.yaml}}}
        Resources:
          F: {Type: AWS::Serverless::Function, Properties: {Timeout: !FindInMap [Sizes, prod, Timeout]}}
        """
    lay(
        {"t.yaml": text, "maps.yaml": "Sizes: {prod: {Timeout: 7}}", "globals.yaml": "Function: {Handler: a.b}"}, Path()
    )
    function = of(declared("t.yaml"))
    assert (shown(function.timeout_s), shown(function.handler), shown(function.memory_mb)) == (7, "a.b", "?")


def test_a_part_that_leads_out_of_the_tree_is_refused() -> None:
    text = "Resources:\n  Fn::Transform: {Name: AWS::Include, Parameters: {Location: ../part.yaml}}\n"
    lay({"in/t.yaml": text, "part.yaml": PART}, Path())
    out = "leads out of the tree that is looked at"
    assert said(declared("in/t.yaml", "in")) == [f"in/t.yaml:2 {out}: part.yaml is not read"]
    assert said(declared("in/t.yaml")) == []
    lay({"in/t.yaml": text.replace("../part.yaml", "t.yaml")}, Path())
    assert said(declared("in/t.yaml")) == []


ALONE = """
    Resources:
      F:
        Type: AWS::Serverless::Function
        Properties:
          Handler: a.b
          Runtime: python3.13
          Events:
            T: {Type: SNS, Properties: {Topic: arn:aws:sns:eu-west-1:123456789012:paid}}
            Q: {Type: SQS, Properties: {Queue: !GetAtt Jobs.Arn}}
            A: {Type: Api, Properties: {Path: /, Method: get}}
      Jobs: {Type: AWS::SQS::Queue}
    """
ELSEWHERE = ["LL506", "LL508", "LL514", "LL602", "LL609"]
UNKNOWN = "Fn::Transform: {Name: AWS::Include, Parameters: {Location: s3://bucket/part.yaml}}"


def test_what_may_stand_in_a_part_that_is_not_known_is_not_missing() -> None:
    within = ALONE.replace("      F:", f"      {UNKNOWN}\n      F:", 1)
    for text, codes in ((ALONE, ELSEWHERE), (within, []), (f"{ALONE}\n    {UNKNOWN}\n", [])):
        lay({"t.yaml": text}, Path())
        found = check(".", "--select", ",".join(ELSEWHERE), "--exit-zero", "--no-cache").found
        assert sorted({one.split()[1] for one in found}) == codes


# -- definitions in files --------------------------------------------------------------------------

API = """
    openapi: 3.0.1
    paths:
      /orders/{id}:
        get: {x-amazon-apigateway-integration: {type: aws_proxy, uri: !Sub '${F.Arn}/invocations', payloadFormatVersion: '2.0'}}
        x-amazon-apigateway-any-method: {x-amazon-apigateway-integration: {type: aws, uri: !Sub '${F.Arn}/invocations'}}
        parameters: []
        options: {x-amazon-apigateway-integration: {type: mock}}
    components: {securitySchemes: {A: {x-amazon-apigateway-authorizer: {authorizerUri: !Sub '${G.Arn}/invocations'}}}}
    """
ROUTES = ["api A GET /orders/{id} payload_format=2.0", "api-mapped A ANY /orders/{id}"]
PLACES = {
    "DefinitionBody: {'Fn::Transform': {Name: AWS::Include, Parameters: {Location: api.yaml}}}": ROUTES,
    "DefinitionBody: {info: {}, 'Fn::Transform': {Name: AWS::Include, Parameters: {Location: ./api.yaml}}}": ROUTES,
    "DefinitionUri: api.yaml": ROUTES,
    "DefinitionUri: s3://bucket/api.yaml": [],
    "DefinitionUri: gone.yaml": [],
    "DefinitionBody: {'Fn::Transform': {Name: Other, Parameters: {Location: api.yaml}}}": [],
}


@pytest.mark.parametrize("properties", PLACES)
def test_openapi_says_which_function_stands_behind_which_route(properties: str) -> None:
    text = f"""
        Resources:
          F: {{Type: AWS::Serverless::Function, Properties: {{Handler: a.b}}}}
          G: {{Type: AWS::Serverless::Function, Properties: {{Handler: a.c}}}}
          A: {{Type: AWS::Serverless::Api, Properties: {{{properties}}}}}
        """
    lay({"template.yaml": text, "api.yaml": API}, Path())
    found = declared("template.yaml")
    assert triggers(of(found)) == PLACES[properties]
    assert triggers(of(found, "G")) == (["authorizer A"] if PLACES[properties] else [])
    assert [api.functions for api in found.stacks[0].apis] == [("F", "G") if PLACES[properties] else ()]
    assert ("api.yaml" in found.files) is bool(PLACES[properties])


def test_a_route_that_an_event_states_too_is_one_trigger() -> None:
    text = f"""
        Resources:
          F:
            Type: AWS::Serverless::Function
            Properties: {{Events: {{E: {{Type: Api, Properties: {{Path: '/orders/{{id}}', Method: GET, RestApiId: !Ref A}}}}}}}}
          A: {{Type: AWS::Serverless::Api, Properties: {{DefinitionBody: {json.dumps({"paths": {"/orders/{id}": {"get": {"x-amazon-apigateway-integration": {"uri": {"Fn::Sub": "${F.Arn}/x"}}}}}})}}}}}
        """
    assert triggers(functions(text)["F"]) == ["api A GET /orders/{id}"]


def test_a_file_that_includes_itself_ends() -> None:
    include = "{'Fn::Transform': {Name: AWS::Include, Parameters: {Location: api.yaml}}}"
    lay(
        {
            "t.yaml": f"Resources: {{A: {{Type: AWS::Serverless::Api, Properties: {{DefinitionBody: {include}}}}}}}",
            "api.yaml": f"paths: {include}",
        },
        Path(),
    )
    assert said(declared("t.yaml")) == []


def test_a_state_machine_in_a_file() -> None:
    machine = {"TimeoutSeconds": 9, "States": {"A": {"Type": "Task", "Resource": "${Function}"}}}
    text = """
        Resources:
          F: {Type: AWS::Serverless::Function, Properties: {Handler: a.b}}
          M:
            Type: AWS::Serverless::StateMachine
            Properties: {DefinitionUri: m.asl.json, DefinitionSubstitutions: {Function: !GetAtt F.Arn}}
        """
    lay({"template.yaml": text, "m.asl.json": json.dumps(machine, indent=1)}, Path())
    found = declared("template.yaml")
    (one,) = found.stacks[0].state_machines
    assert (one.has_timeout, [(state.name, state.function, state.location.path) for state in one.states]) == (
        True,
        [("A", "F", "m.asl.json")],
    )
    assert triggers(of(found)) == ["step-functions M"]


# -- layers and images -----------------------------------------------------------------------------

APP = "import clients\n\ndef handler(event, context):\n    return clients.make()\n"
CLIENTS = "import boto3\n\ndef make():\n    return str(boto3.client('s3'))\n"


@pytest.mark.parametrize("inside", ["", "python/"])
@pytest.mark.parametrize(
    "layer",
    [
        "AWS::Serverless::LayerVersion, Properties: {ContentUri: ./shared/code}",
        "AWS::Lambda::LayerVersion, Properties: {Content: shared/code}",
    ],
)
def test_modules_of_a_layer_are_found_by_those_who_use_it(layer: str, inside: str) -> None:
    template = f"""
        Resources:
          L: {{Type: {layer}}}
          F: {{Type: AWS::Serverless::Function, Properties: {{CodeUri: fn/, Handler: app.handler, Runtime: python3.13, Layers: [!Ref L]}}}}
          G: {{Type: AWS::Serverless::Function, Properties: {{CodeUri: other/, Handler: app.handler, Runtime: python3.13}}}}
        """
    lay(
        {"template.yaml": template, "fn/app.py": APP, "other/app.py": APP, f"shared/code/{inside}clients.py": CLIENTS},
        Path(),
    )
    found = [one for one, _ in Looker(".", [load()["LL101"]]).look("template.yaml").findings]
    assert [(one.location.path, one.handler) for one in found] == [
        (f"shared/code/{inside}clients.py", "fn/app.py:handler")
    ]


IMAGES = [
    ('COPY app.py ${LAMBDA_TASK_ROOT}\nCMD ["app.handler"]', "app.py", "img/app.py"),
    ('COPY src/ ${LAMBDA_TASK_ROOT}/\nCMD [ "app.handler" ]', "src/app.py", "img/src/app.py"),
    ("COPY code/* ./\nCMD app.handler", "code/app.py", "img/code/app.py"),
    ('COPY --from=build /x .\nCOPY code pkg/\nCMD ["pkg.app.handler"]', "pkg/app.py", "img/pkg/app.py"),
    ('ENTRYPOINT ["python", "-m", "awslambdaric"]\nCMD ["old.handler"]\nCMD ["app.handler"]', "app.py", "img/app.py"),
    ("FROM scratch", "app.py", None),
]


@pytest.mark.parametrize(("dockerfile", "path", "handler"), IMAGES)
def test_the_handler_of_an_image_is_in_its_dockerfile(dockerfile: str, path: str, handler: str | None) -> None:
    template = """
        Resources:
          F:
            Type: AWS::Serverless::Function
            Metadata: {DockerContext: ./img, Dockerfile: Dockerfile}
            Properties: {PackageType: Image}
        """
    lay({"template.yaml": template, "img/Dockerfile": dockerfile, f"img/{path}": "def handler(e, c): ..."}, Path())
    found = of(declared("template.yaml"))
    assert (found.handler_path, found.is_python) == (handler, handler is not None)


def test_a_handler_that_a_foreign_layer_may_bring_is_not_missing() -> None:
    Path("other.py").write_text("TABLE = 1\n", encoding="utf-8")
    text = "Resources: {{F: {{Type: AWS::Serverless::Function, Properties: {{Handler: wrapping.handler.handler, Runtime: python3.13{0}}}}}}}"
    for more, found in (("", [True]), (", Layers: [arn:aws:lambda:x]", [])):
        Path("t.yaml").write_text(text.format(more), encoding="utf-8")
        assert [one.sure for one, _ in Looker(".", [load()["LL209"]]).look("t.yaml").findings] == found
