"""What is wrong, slow or wasteful in AWS Lambda functions."""

__version__ = "0.1.0"
