"""What is known of distributions by their names, wherever they are installed. Names are normalised."""

from __future__ import annotations

SDK = frozenset({"boto3", "botocore", "s3transfer"})
"""The AWS SDK, which the runtime has. What it needs besides, others may need too."""
_DEVELOPMENT = frozenset(
    """
    aws-cdk-lib aws-sam-cli autopep8 bandit black boto3-stubs botocore-stubs build cdk-nag cfn-lint checkov commitizen
    constructs coverage factory-boy faker flake8 freezegun hypothesis ipdb ipykernel ipython isort jsii jupyter
    jupyterlab localstack locust mccabe mkdocs moto mypy mypy-boto3 mypy-extensions nose nox notebook pip pip-tools
    pipenv pluggy poetry pre-commit pycodestyle pydocstyle pyflakes pylint pyright pytest python-lambda-local
    requests-mock responses ruff safety setuptools sphinx tox twine virtualenv wheel yapf
    """.split()
)
"""`setuptools` and the like count only where nothing needs them."""
_DEVELOPMENT_BEGINS = ("aws-cdk.", "aws-cdk-", "flake8-", "jupyter-", "mypy-boto3-", "pytest-", "sphinx-", "types-")
_DEVELOPMENT_ENDS = ("-stubs",)


def is_development(name: str) -> bool:
    """Whether a distribution tests, checks, builds or deploys programs, and has no part in them."""
    return name in _DEVELOPMENT or name.startswith(_DEVELOPMENT_BEGINS) or name.endswith(_DEVELOPMENT_ENDS)
