"""What the CDK writes into `cdk.out`, as `cdk synth` of version 2 leaves it there."""

# ruff: noqa: E501 (what a tool writes has long lines)
from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from declaring import lay, shown
from running import BAD, check, run

from lambdalint.discovery import discover
from lambdalint.inventory import take
from lambdalint.sources import may_be_template, read

ASSET = "asset.6f2b5c0e6d7f6a5f0d5f4d0c2a7f9a3b4c5d6e7f8091a2b3c4d5e6f708192a3b"


def resource(type_: str, path: str, properties: dict[str, Any], **metadata: str) -> dict[str, Any]:
    return {"Type": type_, "Properties": properties, "Metadata": {"aws:cdk:path": path, **metadata}}


def function(
    path: str, handler: str, code: dict[str, Any], runtime: str = "python3.13", **metadata: str
) -> dict[str, Any]:
    role = {"Fn::GetAtt": ["OrdersServiceRole", "Arn"]}
    properties = {"Code": code, "Handler": handler, "Role": role, "Runtime": runtime}
    return resource("AWS::Lambda::Function", path, properties, **metadata)


def of_asset(path: str, handler: str, asset: str = ASSET, runtime: str = "python3.13") -> dict[str, Any]:
    bucket = {"Fn::Sub": "cdk-hnb659fds-assets-${AWS::AccountId}-${AWS::Region}"}
    code = {"S3Bucket": bucket, "S3Key": f"{asset.removeprefix('asset.')}.zip"}
    metadata = {"aws:asset:path": asset, "aws:asset:is-bundled": False, "aws:asset:property": "Code"}
    return function(path, handler, code, runtime, **metadata)  # type: ignore[arg-type]


STACK = {
    "OrdersServiceRole": resource("AWS::IAM::Role", "Shop/Orders/ServiceRole/Resource", {}),
    "Orders7A2B": of_asset("Shop/Orders/Resource", "app.handler"),
    "Inline1C3D": function(
        "Shop/Inline/Resource", "index.handler", {"ZipFile": BAD.replace("lambda_handler", "handler")}
    ),
    "Gone4E5F": of_asset("Shop/Gone/Resource", "nowhere.handler"),
    "Node6071": of_asset("Shop/Node/Resource", "index.handler", runtime="nodejs22.x"),
    "CustomCDKBucketDeployment8693BB64968944B69AAFB0CC9EB8756C81C01536": of_asset(
        "Shop/Custom::CDKBucketDeployment8693BB64968944B69AAFB0CC9EB8756C/Resource", "index.handler", "asset.deploy"
    ),
    "LogRetentionaae0aa3c5b4d4f87b02d85b201efdd8aFD4BFC8A": of_asset(
        "Shop/LogRetentionaae0aa3c5b4d4f87b02d85b201efdd8a/Resource", "index.handler", "asset.logs", "nodejs22.x"
    ),
    "Provider8": of_asset(
        "Shop/Provider/framework-onEvent/Resource", "framework.onEvent", "asset.framework", "nodejs22.x"
    ),
    "CDKMetadata": resource("AWS::CDK::Metadata", "Shop/CDKMetadata/Default", {"Analytics": "v2:deflate64:H4s"}),
}


def manifest(**templates: str) -> str:
    artifacts: dict[str, Any] = {
        "Shop.assets": {"type": "cdk:asset-manifest", "properties": {"file": "Shop.assets.json"}},
        "Tree": {"type": "cdk:tree", "properties": {"file": "tree.json"}},
    }
    for name, file in templates.items():
        kind = "cdk:cloud-assembly" if file.startswith("assembly-") else "aws:cloudformation:stack"
        key = "directoryName" if file.startswith("assembly-") else "templateFile"
        artifacts[name] = {
            "type": kind,
            "environment": "aws://unknown-account/unknown-region",
            "properties": {key: file},
        }
    return json.dumps({"version": "48.0.0", "artifacts": artifacts}, indent=2)


def template(resources: dict[str, Any]) -> str:
    return json.dumps(
        {
            "Resources": resources,
            "Parameters": {
                "BootstrapVersion": {
                    "Type": "AWS::SSM::Parameter::Value<String>",
                    "Default": "/cdk-bootstrap/hnb659fds/version",
                }
            },
        },
        indent=1,
    )


APP = BAD.replace("lambda_handler", "handler")


@pytest.fixture(autouse=True)
def _app(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    lay(
        {
            ".gitignore": "cdk.out\n",
            "app.py": "from aws_cdk import App\n",
            "lambdas/orders/app.py": APP,
            "lambdas/orders/shared.py": "",
            "lambdas/copy/app.py": APP,
            f"cdk.out/{ASSET}/app.py": APP,
            f"cdk.out/{ASSET}/shared.py": "",
            "cdk.out/asset.deploy/index.py": BAD.replace("lambda_handler", "handler"),
            "cdk.out/manifest.json": manifest(Shop="Shop.template.json"),
            "cdk.out/Shop.template.json": template(STACK),
            "cdk.out/stale.template.json": template(STACK),
        },
        tmp_path,
    )
    (tmp_path / ".git").mkdir()
    monkeypatch.chdir(tmp_path)


def test_the_manifest_alone_is_read_of_what_the_cdk_wrote() -> None:
    found = discover(["."])
    assert found.templates == ["cdk.out/manifest.json"]
    assert found.files == ["app.py", "lambdas/copy/app.py", "lambdas/orders/app.py", "lambdas/orders/shared.py"]


def test_functions_have_the_names_of_the_cdk_and_their_source() -> None:
    found = {one.logical_id: one for one in take(["."]).functions}
    orders = found["Orders7A2B"]
    assert (orders.format, orders.place, orders.path) == ("cdk", "Shop/Orders", "cdk.out/Shop.template.json")
    assert (orders.handler_path, orders.handler_name) == ("lambdas/orders/app.py", "handler")
    assert Path(orders.path).read_text().splitlines()[orders.location.line - 1] == '  "Orders7A2B": {'
    assert shown(orders.runtime) == "python3.13"
    assert {name for name, one in found.items() if one.generated} == {
        "CustomCDKBucketDeployment8693BB64968944B69AAFB0CC9EB8756C81C01536",
        "LogRetentionaae0aa3c5b4d4f87b02d85b201efdd8aFD4BFC8A",
        "Provider8",
    }


def test_findings_stand_in_the_source_and_not_in_the_copy() -> None:
    found = check(".", "--no-cache", "--select", "LL101,LL209").json["findings"]
    places = [(one["path"], one["code"], one["function"]) for one in found]
    assert places == [
        ("cdk.out/Shop.template.json", "LL101", "Inline1C3D"),
        ("cdk.out/Shop.template.json", "LL209", "Gone4E5F"),
        ("lambdas/copy/app.py", "LL101", None),  # a guess: nobody names it
        ("lambdas/orders/app.py", "LL101", "Orders7A2B"),
    ]
    assert found[1]["message"].startswith('the handler of Shop/Gone is "nowhere.handler", but there is no such file')
    lines = Path("cdk.out/Shop.template.json").read_text().splitlines()
    assert "boto3.client" in lines[found[0]["line"] - 1]
    assert "nowhere.handler" in lines[found[1]["line"] - 1]


def test_nothing_is_said_of_what_the_cdk_put_in_for_itself() -> None:
    found = check(".", "--no-cache", "--select", "ALL", "--pedantic").json["findings"]
    assert found
    assert not [
        one for one in found if one["function"] and one["function"].startswith(("Custom", "LogRetention", "Provider"))
    ]
    assert not [one for one in found if "asset." in one["path"]]


def test_without_the_paths_of_the_cdk_its_ids_tell_and_nothing_is_rewritten() -> None:
    stack = {name: {**one, "Metadata": {}} for name, one in STACK.items()}
    Path("cdk.out/Shop.template.json").write_text(template(stack))
    found = {one.logical_id: one for one in take(["."]).functions}
    assert {name for name, one in found.items() if one.generated} == {
        "CustomCDKBucketDeployment8693BB64968944B69AAFB0CC9EB8756C81C01536",
        "LogRetentionaae0aa3c5b4d4f87b02d85b201efdd8aFD4BFC8A",
    }
    assert {one.format for one in found.values()} == {"cdk"}
    before = Path("cdk.out/Shop.template.json").read_text()
    check(".", "--no-cache", "--fix", "--unsafe-fixes", "--select", "LL8,LL6", "--pedantic")
    assert Path("cdk.out/Shop.template.json").read_text() == before


def test_without_its_source_an_asset_is_not_looked_at() -> None:
    for name in ("orders", "copy"):
        Path(f"lambdas/{name}/app.py").write_text("def handler(event, context): ...\n")
    found = {one.logical_id: one for one in take(["."]).functions}
    assert found["Orders7A2B"].handler_path is None


def test_stages_and_nested_stacks() -> None:
    nested = "ShopInner9F.nested.template.json"
    outer = {"Inner": resource("AWS::CloudFormation::Stack", "Shop/Inner", {}, **{"aws:asset:path": nested})}
    lay(
        {
            "cdk.out/manifest.json": manifest(Stage="assembly-Prod"),
            "cdk.out/assembly-Prod/manifest.json": manifest(Shop="ProdShop.template.json"),
            "cdk.out/assembly-Prod/ProdShop.template.json": template(
                {**outer, "A": of_asset("Prod/Shop/A/Resource", "app.handler", f"../{ASSET}")}
            ),
            f"cdk.out/assembly-Prod/{nested}": template(
                {"B": of_asset("Prod/Shop/Inner/B/Resource", "app.handler", f"../{ASSET}")}
            ),
        },
        Path(),
    )
    found = take(["."]).functions
    assert [(one.place, one.handler_path) for one in found] == [
        ("Prod/Shop/A", "lambdas/orders/app.py"),
        ("Prod/Shop/Inner/B", "lambdas/orders/app.py"),
    ]


@pytest.mark.parametrize(
    "text",
    [
        '{"aws:cloudformation:stack": ',
        '["aws:cloudformation:stack"]',
        '{"artifacts": ["aws:cloudformation:stack"]}',
        '{"artifacts": {"A": "aws:cloudformation:stack", "B": {"type": "aws:cloudformation:stack"}}}',
        '{"artifacts": {"A": {"type": "aws:cloudformation:stack", "properties": {"templateFile": 5}}}}',
        '{"artifacts": {"A": {"type": "aws:cloudformation:stack", "properties": {"templateFile": "../../x.json"}}}}',
        '{"artifacts": {"A": {"type": "aws:cloudformation:stack", "properties": {"templateFile": "gone.json"}}}}',
        '{"artifacts": {"A": {"type": "cdk:cloud-assembly", "properties": {"directoryName": "."}}}, "": "aws:cloudformation:stack"}',
    ],
)
def test_a_manifest_that_makes_no_sense_declares_nothing(text: str) -> None:
    assert may_be_template("cdk.out/manifest.json", text.encode())
    found = read("cdk.out/manifest.json", text.encode())
    assert (list(found.stacks), found.unreadable) == ([], [])


def test_the_cache_knows_what_a_manifest_rests_on() -> None:
    words = ("check", ".", "--select", "LL101", "--output-format", "json", "--exit-zero")
    first = run(*words).json["findings"]
    assert run(*words).json["findings"] == first
    for name in ("orders", "copy"):
        Path(f"lambdas/{name}/app.py").write_text("def handler(event, context): ...\n")
    assert "Orders7A2B" not in {one["function"] for one in run(*words).json["findings"]}
