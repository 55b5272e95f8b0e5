"""The definition of google-pubsub, as the generator validated it."""

from lambdas.auth import jwt
from lambdas.model import Auth, Events, Facts, Source, Vendor, Webhook
from lambdas.transform import transform

SOURCE = Source(
    name='google-pubsub',
    description='Google Cloud Pub/Sub push (audit logs, Security Command Center and any other text)',
    webhook=Webhook(
        auth=Auth(
            type=jwt,
            settings=jwt.Settings(
                issuer='https://accounts.google.com',
                audience=('REPLACE_ME',),
                claims={'email': 'REPLACE_ME', 'email_verified': 'true'},
            ),
        ),
    ),
    events=Events(
        require=("root('message.messageId')", "root('message.publishTime')"),
        id="root('message.messageId')",
        type='subscription',
        time="not_null(published.log.timestamp, published.finding.finding.eventTime, root('message.publishTime'))",
    ),
    facts=Facts(
        summary="google-pubsub: {not_null(published.log.protoPayload.methodName, published.log.logName, published.finding.finding.category, published.line, subscription)} by {not_null(published.log.protoPayload.authenticationInfo.principalEmail, published.log.resource.type, published.finding.resource.displayName, published.finding.finding.resourceName, subscription)}: {not_null(published.log.protoPayload.status.message, published.log.protoPayload && 'OK' || null, published.log.textPayload, published.log.jsonPayload, published.finding.finding.state, '-')}",
        severity="{(published.log.severity != 'DEFAULT' && published.log.severity || contains(['CRITICAL', 'HIGH'], published.finding.finding.severity) && 'ERROR' || published.finding.finding.severity == 'MEDIUM' && 'WARNING' || 'INFO')}",
        source_ip="{not_null(published.log.protoPayload.requestMetadata.callerIp, published.log.httpRequest.remoteIp, '')}",
    ),
    vendor=Vendor(
        docs='https://cloud.google.com/pubsub/docs/push',
        deadline=10,
        retries='until the message expires (7 days unless you chose otherwise), after anything but 102, 200, 201, 202 and 204',
    ),
    transform=transform,
)
