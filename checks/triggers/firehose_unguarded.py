"""LL515: a delivery stream that stores too much, or too little."""

from __future__ import annotations

from collections.abc import Iterator

from lambdalint.check import Problem, Severity, check
from lambdalint.checks.triggers._words import spelled
from lambdalint.model import Stack


@check(Stack, code="LL515", severity=Severity.ADVICE, since="0.1")
def firehose_unguarded(stack: Stack) -> Iterator[Problem]:
    """A delivery stream writes to S3 uncompressed, or keeps nothing of what a function changes.

    **Why it matters.** JSON compresses to a tenth: that is what storing it costs, and what each query reads. And where
    a function changes the records, what it got wrong cannot be made again unless the records were kept as they came.

    **Bad**

    ```yaml
    Resources:
      Enrich:
        Type: AWS::Lambda::Function
        Properties:
          Code: src/
          Handler: app.handler
          Runtime: python3.13
          Role: arn:aws:iam::123456789012:role/enrich
      Clicks:  # LL515
        Type: AWS::KinesisFirehose::DeliveryStream
        Properties:
          ExtendedS3DestinationConfiguration:
            BucketARN: arn:aws:s3:::clicks
            RoleARN: arn:aws:iam::123456789012:role/clicks
            ProcessingConfiguration:
              Enabled: true
              Processors:
                - Type: Lambda
                  Parameters:
                    - {ParameterName: LambdaArn, ParameterValue: !GetAtt Enrich.Arn}
    ```

    **Good**

    ```yaml
    Resources:
      Enrich:
        Type: AWS::Lambda::Function
        Properties:
          Code: src/
          Handler: app.handler
          Runtime: python3.13
          Role: arn:aws:iam::123456789012:role/enrich
      Clicks:
        Type: AWS::KinesisFirehose::DeliveryStream
        Properties:
          ExtendedS3DestinationConfiguration:
            BucketARN: arn:aws:s3:::clicks
            RoleARN: arn:aws:iam::123456789012:role/clicks
            CompressionFormat: GZIP
            S3BackupMode: Enabled
            S3BackupConfiguration:
              BucketARN: arn:aws:s3:::clicks-as-they-came
              RoleARN: arn:aws:iam::123456789012:role/clicks
            ProcessingConfiguration:
              Enabled: true
              Processors:
                - Type: Lambda
                  Parameters:
                    - {ParameterName: LambdaArn, ParameterValue: !GetAtt Enrich.Arn}
    ```

    Parquet and ORC are compressed anyway. Where a function changes the records it may have compressed them itself: that
    compression is missing there is not said alone, but beside the missing backup. Where `UNCOMPRESSED` is stated,
    somebody chose it: that is shown under `--pedantic` only.

    **Ignore it when** what reads the bucket takes plain text only, or the records are kept elsewhere.

    **Source.** https://docs.aws.amazon.com/firehose/latest/dev/create-destination.html
    """
    form, mode = (spelled(name, stack.format) for name in ("CompressionFormat", "S3BackupMode"))
    for stream in stack.delivery_streams:
        if not stream.to_s3:
            continue
        stated = stream.compression
        plain = (stated is None or stated.known == "UNCOMPRESSED") and not stream.converts_format
        unkept = stream.backup is None or stream.backup.known == "Disabled"
        if stream.functions and unkept:
            what = f"the records of {stream.logical_id}, which are kept nowhere as they came"
            instead = f", and stored uncompressed; set {mode} and {form}" if plain else f"; set {mode}"
            yield Problem(stream.location, f"{stream.functions[0]} changes {what}{instead}")
        elif plain and not stream.functions:
            message = f"{stream.logical_id} stores what it gets uncompressed; set {form}, such as GZIP"
            yield Problem(stream.location, message, sure=stated is None)
