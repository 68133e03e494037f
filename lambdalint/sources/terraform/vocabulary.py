"""Which resources of Terraform are read, and what CloudFormation calls them and their attributes."""

from __future__ import annotations

PROVISIONED = "Terraform::ProvisionedConcurrency"
NOTIFICATION = "Terraform::BucketNotification"
MODULE = "Terraform::Module"
"""One that is not here."""

TYPES = {
    "aws_lambda_function": "AWS::Lambda::Function",
    "aws_lambda_event_source_mapping": "AWS::Lambda::EventSourceMapping",
    "aws_lambda_permission": "AWS::Lambda::Permission",
    "aws_lambda_alias": "AWS::Lambda::Alias",
    "aws_lambda_function_event_invoke_config": "AWS::Lambda::EventInvokeConfig",
    "aws_lambda_function_url": "AWS::Lambda::Url",
    "aws_lambda_provisioned_concurrency_config": PROVISIONED,
    "aws_appautoscaling_target": "AWS::ApplicationAutoScaling::ScalableTarget",
    "aws_cloudwatch_log_group": "AWS::Logs::LogGroup",
    "aws_cloudwatch_log_subscription_filter": "AWS::Logs::SubscriptionFilter",
    "aws_cloudwatch_metric_alarm": "AWS::CloudWatch::Alarm",
    "aws_cloudwatch_event_target": "AWS::Events::Rule",
    "aws_scheduler_schedule": "AWS::Scheduler::Schedule",
    "aws_sns_topic_subscription": "AWS::SNS::Subscription",
    "aws_s3_bucket_notification": NOTIFICATION,
    "aws_sqs_queue": "AWS::SQS::Queue",
    "aws_kinesis_stream": "AWS::Kinesis::Stream",
    "aws_kinesis_stream_consumer": "AWS::Kinesis::StreamConsumer",
    "aws_dynamodb_table": "AWS::DynamoDB::Table",
    "aws_msk_cluster": "AWS::MSK::Cluster",
    "aws_msk_serverless_cluster": "AWS::MSK::ServerlessCluster",
    "aws_mq_broker": "AWS::AmazonMQ::Broker",
    "aws_docdb_cluster": "AWS::DocDB::DBCluster",
    "aws_api_gateway_rest_api": "AWS::ApiGateway::RestApi",
    "aws_api_gateway_resource": "AWS::ApiGateway::Resource",
    "aws_api_gateway_integration": "AWS::ApiGateway::Method",
    "aws_api_gateway_authorizer": "AWS::ApiGateway::Authorizer",
    "aws_api_gateway_stage": "AWS::ApiGateway::Stage",
    "aws_api_gateway_method_settings": "AWS::ApiGateway::Stage",
    "aws_api_gateway_usage_plan": "AWS::ApiGateway::UsagePlan",
    "aws_apigatewayv2_api": "AWS::ApiGatewayV2::Api",
    "aws_apigatewayv2_stage": "AWS::ApiGatewayV2::Stage",
    "aws_apigatewayv2_integration": "AWS::ApiGatewayV2::Integration",
    "aws_apigatewayv2_route": "AWS::ApiGatewayV2::Route",
    "aws_apigatewayv2_authorizer": "AWS::ApiGatewayV2::Authorizer",
    "aws_lb_target_group_attachment": "AWS::ElasticLoadBalancingV2::TargetGroup",
    "aws_alb_target_group_attachment": "AWS::ElasticLoadBalancingV2::TargetGroup",
    "aws_iam_role": "AWS::IAM::Role",
    "aws_iam_policy": "AWS::IAM::ManagedPolicy",
    "aws_iam_role_policy": "AWS::IAM::RolePolicy",
    "aws_sqs_queue_policy": "AWS::SQS::QueuePolicy",
    "aws_sns_topic_policy": "AWS::SNS::TopicPolicy",
    "aws_s3_bucket_policy": "AWS::S3::BucketPolicy",
    "aws_secretsmanager_secret_policy": "AWS::SecretsManager::ResourcePolicy",
    "aws_sfn_state_machine": "AWS::StepFunctions::StateMachine",
    "aws_kinesis_firehose_delivery_stream": "AWS::KinesisFirehose::DeliveryStream",
    "aws_cognito_user_pool": "AWS::Cognito::UserPool",
    "aws_appsync_datasource": "AWS::AppSync::DataSource",
    "aws_appsync_graphql_api": "AWS::AppSync::GraphQLApi",
    "aws_iot_topic_rule": "AWS::IoT::TopicRule",
    "aws_config_config_rule": "AWS::Config::ConfigRule",
    "aws_cloudfront_distribution": "AWS::CloudFront::Distribution",
    "aws_pipes_pipe": "AWS::Pipes::Pipe",
    "aws_ses_receipt_rule": "AWS::SES::ReceiptRule",
    "aws_codecommit_trigger": "AWS::CodeCommit::Repository",
    "aws_codepipeline": "AWS::CodePipeline::Pipeline",
    "aws_bedrockagent_agent_action_group": "AWS::Bedrock::Agent",
    "aws_lex_intent": "AWS::Lex::Bot",
    "aws_secretsmanager_secret_rotation": "AWS::SecretsManager::RotationSchedule",
    "aws_s3control_object_lambda_access_point": "AWS::S3ObjectLambda::AccessPoint",
    "module": MODULE,
}
OTHERS = frozenset(
    "aws_cloudwatch_event_rule aws_iam_role_policy_attachment aws_iam_policy_attachment aws_sqs_queue_redrive_policy "
    "aws_s3_object aws_s3_bucket_object archive_file data.archive_file aws_lambda_layer_version".split()
)
"""Resources that are read where another needs them."""

NAMES: dict[str, dict[str, str]] = {
    "aws_lambda_function": {"file_system_config": "FileSystemConfigs"},
    "aws_lambda_event_source_mapping": {
        "destination_arn": "Destination",
        "filter": "Filters",
        "document_db_event_source_config": "DocumentDBEventSourceConfig",
    },
    "aws_lambda_permission": {"principal_org_id": "PrincipalOrgID"},
    "aws_lambda_function_url": {"function_name": "TargetFunctionArn", "authorization_type": "AuthType"},
    "aws_cloudwatch_log_group": {"name": "LogGroupName"},
    "aws_sqs_queue": {"visibility_timeout_seconds": "VisibilityTimeout"},
    "aws_apigatewayv2_integration": {"timeout_milliseconds": "TimeoutInMillis"},
    "aws_api_gateway_stage": {"xray_tracing_enabled": "TracingEnabled"},
    "aws_lb_target_group_attachment": {"target_id": "Targets"},
    "aws_alb_target_group_attachment": {"target_id": "Targets"},
    "aws_appsync_datasource": {"function_arn": "LambdaFunctionArn"},
    "aws_secretsmanager_secret_rotation": {"rotation_lambda_arn": "RotationLambdaARN"},
    "aws_s3control_object_lambda_access_point": {"configuration": "ObjectLambdaConfiguration"},
    "aws_kinesis_firehose_delivery_stream": {
        "s3_configuration": "S3Configuration",
        "extended_s3_configuration": "ExtendedS3DestinationConfiguration",
        "redshift_configuration": "RedshiftDestinationConfiguration",
        "elasticsearch_configuration": "ElasticsearchDestinationConfiguration",
        "opensearch_configuration": "AmazonopensearchserviceDestinationConfiguration",
        "opensearchserverless_configuration": "AmazonOpenSearchServerlessDestinationConfiguration",
        "http_endpoint_configuration": "HttpEndpointDestinationConfiguration",
        "splunk_configuration": "SplunkDestinationConfiguration",
        "snowflake_configuration": "SnowflakeDestinationConfiguration",
        "iceberg_configuration": "IcebergDestinationConfiguration",
    },
}
"""Where a name is not just written in another way."""
LISTS = frozenset({"Filters", "FileSystemConfigs"})
"""Blocks that are lists in CloudFormation, however often they stand there."""
FREE = frozenset(
    {"variables", "dimensions", "body", "tags_all", "definition", "redrive_policy", "source_path", "request_parameters"}
)
"""Maps whose keys are not names of attributes, and what is not looked into."""
WRAPPED = {
    "aws_iot_topic_rule": "TopicRulePayload.Actions",
    "aws_cloudfront_distribution": "DistributionConfig",
    "aws_ses_receipt_rule": "Rule.Actions",
    "aws_codecommit_trigger": "Triggers",
    "aws_codepipeline": "Stages",
    "aws_bedrockagent_agent_action_group": "ActionGroups",
    "aws_lex_intent": "TestBotAliasSettings",
}
"""Where CloudFormation has it somewhere within."""


def is_read(type_: str) -> bool:
    """Whether anything is asked of a type of resources."""
    return type_ in TYPES or type_ in OTHERS
