"""Actions and resource types for which a pipeline's execution role is made: a new kind of resource needs a line here.

tests/templates/test_iam.py knows every action, and what CloudFormation calls for each type.
"""

from __future__ import annotations

from awacs import awslambda, cloudwatch, dynamodb, firehose, logs, s3, scheduler, sqs

LAMBDA = [
    *(awslambda.CreateFunction, awslambda.DeleteFunction, awslambda.GetFunction, awslambda.GetFunctionConfiguration),
    *(awslambda.UpdateFunctionCode, awslambda.UpdateFunctionConfiguration, awslambda.PutFunctionConcurrency),
    *(awslambda.DeleteFunctionConcurrency, awslambda.GetFunctionConcurrency, awslambda.GetFunctionCodeSigningConfig),
    *(awslambda.GetRuntimeManagementConfig, awslambda.GetFunctionRecursionConfig, awslambda.GetFunctionScalingConfig),
    *(awslambda.ListTags, awslambda.TagResource, awslambda.UntagResource),
]
LAMBDA_RETRIES = [
    *(awslambda.PutFunctionEventInvokeConfig, awslambda.GetFunctionEventInvokeConfig),
    *(awslambda.UpdateFunctionEventInvokeConfig, awslambda.DeleteFunctionEventInvokeConfig),
]
"""For a puller, whose runs AWS must not try again."""
SQS = [
    *(sqs.CreateQueue, sqs.DeleteQueue, sqs.GetQueueAttributes, sqs.GetQueueUrl, sqs.SetQueueAttributes),
    *(sqs.ListQueueTags, sqs.TagQueue, sqs.UntagQueue),
]
S3_DESTRUCTIVE = [s3.PutBucketPolicy, s3.DeleteBucketPolicy, s3.PutBucketVersioning, s3.PutLifecycleConfiguration]
"""Actions that open a bucket to others, or have its objects deleted."""
S3 = [
    *(s3.CreateBucket, s3.DeleteBucket, s3.ListBucket, s3.GetBucketPolicy, s3.GetBucketPublicAccessBlock),
    *(s3.PutBucketPublicAccessBlock, s3.GetBucketOwnershipControls, s3.PutBucketOwnershipControls),
    *(s3.GetEncryptionConfiguration, s3.PutEncryptionConfiguration, s3.GetBucketVersioning),
    *(s3.GetLifecycleConfiguration, s3.GetBucketTagging, s3.PutBucketTagging, *S3_DESTRUCTIVE),
]
S3_NOTIFICATIONS_DESTRUCTIVE = [s3.PutBucketNotification]
"""After it, nobody may hear of new objects."""
S3_NOTIFICATIONS = [s3.GetBucketNotification, *S3_NOTIFICATIONS_DESTRUCTIVE]
"""For a bucket whose objects a queue is told of."""
LOGS = [
    *(logs.CreateLogGroup, logs.DeleteLogGroup, logs.PutRetentionPolicy, logs.DeleteRetentionPolicy),
    *(logs.ListTagsForResource, logs.TagResource, logs.UntagResource, logs.GetDataProtectionPolicy),
]
LOGS_WITHOUT_RESOURCE = [logs.DescribeLogGroups, logs.DescribeResourcePolicies, logs.DescribeIndexPolicies]
"""Actions that can't be narrowed to a resource.

https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazoncloudwatchlogs.html
"""
METRIC_FILTERS = [logs.PutMetricFilter, logs.DeleteMetricFilter, logs.DescribeMetricFilters]
"""For an API, whose access log has what it refused."""
LOG_DELIVERIES = [
    *(logs.CreateLogDelivery, logs.GetLogDelivery, logs.UpdateLogDelivery, logs.DeleteLogDelivery),
    *(logs.ListLogDeliveries, logs.PutResourcePolicy),
]
"""For an API, whose access log is a log delivery; they can't be narrowed to a resource either.

https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazoncloudwatchlogs.html
https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-logging.html
"""
SCHEDULER = [scheduler.CreateSchedule, scheduler.GetSchedule, scheduler.UpdateSchedule, scheduler.DeleteSchedule]
CLOUDWATCH = [
    *(cloudwatch.DeleteAlarms, cloudwatch.DescribeAlarms),
    *(cloudwatch.PutDashboard, cloudwatch.GetDashboard, cloudwatch.DeleteDashboards),
    *(cloudwatch.TagResource, cloudwatch.UntagResource, cloudwatch.ListTagsForResource),
]
DYNAMODB = [
    *(dynamodb.CreateTable, dynamodb.DeleteTable, dynamodb.DescribeTable, dynamodb.UpdateTable),
    *(dynamodb.DescribeTimeToLive, dynamodb.UpdateTimeToLive),
    *(dynamodb.DescribeContinuousBackups, dynamodb.UpdateContinuousBackups),
    *(dynamodb.DescribeContributorInsights, dynamodb.DescribeKinesisStreamingDestination, dynamodb.GetResourcePolicy),
    *(dynamodb.ListTagsOfResource, dynamodb.TagResource, dynamodb.UntagResource),
]
FIREHOSE = [
    *(firehose.CreateDeliveryStream, firehose.DeleteDeliveryStream, firehose.DescribeDeliveryStream),
    *(firehose.UpdateDestination, firehose.StartDeliveryStreamEncryption, firehose.StopDeliveryStreamEncryption),
    *(firehose.ListTagsForDeliveryStream, firehose.TagDeliveryStream, firehose.UntagDeliveryStream),
]
LOG_STREAMS = [logs.CreateLogStream, logs.DescribeLogStreams, logs.DeleteLogStream]
RESOURCE_TYPES = [
    *(f"AWS::ApiGatewayV2::{kind}" for kind in ("Api", "Authorizer", "Integration", "Route", "Stage")),
    *("AWS::CloudWatch::Alarm", "AWS::CloudWatch::Dashboard", "AWS::DynamoDB::Table", "AWS::IAM::Role"),
    *("AWS::KMS::Key", "AWS::KinesisFirehose::DeliveryStream", "AWS::Lambda::Function", "AWS::Lambda::Permission"),
    "AWS::Lambda::EventInvokeConfig",
    *("AWS::Logs::LogGroup", "AWS::Logs::LogStream", "AWS::Logs::MetricFilter"),
    *("AWS::S3::Bucket", "AWS::S3::BucketPolicy", "AWS::SQS::Queue", "AWS::SQS::QueuePolicy"),
    "AWS::Scheduler::Schedule",
]
"""Types that an event source may consist of: a template with another is refused before its change set is made."""
