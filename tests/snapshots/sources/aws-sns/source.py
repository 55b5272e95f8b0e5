"""The definition of aws-sns, as the generator validated it."""

from lambdas.auth import sns
from lambdas.model import Auth, Challenge, Confirm, Events, Facts, Reply, Source, Vendor, Webhook
from lambdas.transform import transform

SOURCE = Source(
    name='aws-sns',
    description='Amazon SNS topics (alarms, GuardDuty, Security Hub, CloudTrail and any other text)',
    webhook=Webhook(
        auth=Auth(
            type=sns,
            settings=sns.Settings(topics=('arn:aws:sns:us-west-2:123456789012:REPLACE_ME',)),
        ),
        challenges=(
            Challenge(
                when="Type == 'SubscriptionConfirmation'",
                reply=Reply(),
                confirm=Confirm(
                    url='SubscribeURL',
                    hosts=('sns.*.amazonaws.com', 'sns.*.amazonaws.com.cn', 'sns.*.amazonaws.eu'),
                ),
            ),
        ),
    ),
    events=Events(
        mask=('UnsubscribeURL', 'SubscribeURL', 'Token'),
        require=('MessageId', 'TopicArn'),
        id='MessageId',
        type='Type',
        time='Timestamp',
    ),
    facts=Facts(
        summary="aws-sns: {not_null(published.cloudtrail.detail.eventName, published.alarm.AlarmName, published.guardduty_finding.detail.type, published.security_hub_findings_imported.detail.findings[0].Title, Subject, Type)} by {not_null(published.cloudtrail.detail.userIdentity.arn, published.cloudtrail.detail.userIdentity.principalId, published.guardduty_finding.detail.resource.accessKeyDetails.userName, published.alarm.AWSAccountId, published.*.account | [0], TopicArn)}: {not_null(published.cloudtrail.detail.errorCode, published.cloudtrail.detail.errorMessage, published.cloudtrail && 'Success' || null, published.alarm.NewStateValue, published.guardduty_finding.detail.title, published.security_hub_findings_imported.detail.findings[0].Compliance.Status, published.line, '-')}",
        severity="{(Type == 'UnsubscribeConfirmation' && 'WARNING' || published.alarm.NewStateValue == 'ALARM' && 'WARNING' || (published.cloudtrail.detail.errorCode || published.cloudtrail.detail.errorMessage) && 'NOTICE' || published.guardduty_finding.detail.severity >= `7` && 'ERROR' || published.guardduty_finding.detail.severity >= `4` && 'WARNING' || contains(['CRITICAL', 'HIGH'], published.security_hub_findings_imported.detail.findings[0].Severity.Label) && 'ERROR' || published.security_hub_findings_imported.detail.findings[0].Severity.Label == 'MEDIUM' && 'WARNING' || 'INFO')}",
        source_ip="{not_null(published.cloudtrail.detail.sourceIPAddress, published.guardduty_finding.detail.service.action.awsApiCallAction.remoteIpDetails.ipAddressV4, published.guardduty_finding.detail.service.action.networkConnectionAction.remoteIpDetails.ipAddressV4, '')}",
    ),
    vendor=Vendor(
        docs='https://docs.aws.amazon.com/sns/latest/dg/sns-http-https-endpoint-as-subscriber.html',
        deadline=15,
        retries='3 times, 20 seconds apart, after a 5xx or none at all (the default policy); not after a 4xx',
    ),
    transform=transform,
)
