"""The definition of svix, as the generator validated it."""

from lambdas.auth import hmac
from lambdas.model import Auth, Events, Facts, Source, Vendor, Webhook
from lambdas.signatures.keys import KeyEncoding
from lambdas.signatures.signature_settings import MessageId, Signature, Timestamp

SOURCE = Source(
    name='svix',
    description='Any sender that delivers through Svix, such as Clerk and Resend, and Svix itself',
    webhook=Webhook(
        auth=Auth(
            type=hmac,
            settings=hmac.Settings(
                signature=Signature(header=('svix-signature',), prefix='v1,', encoding='base64', split=' '),
                timestamp=Timestamp(header='svix-timestamp'),
                id=MessageId(header='svix-id'),
                signed='{id}.{timestamp}.{body}',
                key=KeyEncoding(encoding='base64', strip='whsec_'),
            ),
        ),
    ),
    events=Events(
        mask=('data.secret', 'data.token', 'data.data.otp_code'),
        require=('type',),
        id="header('svix-id')",
        type='type',
        time="header('svix-timestamp')",
        time_format='unix',
    ),
    facts=Facts(
        summary='svix: {type} for {data.email_addresses[0].email_address || data.to[0] || data.user_id || data.endpointId || data.id}: {data.bounce.message || data.status || data.lastAttempt.responseStatusCode || data.failSince}',
        severity="{contains(['endpoint.disabled', 'message.attempt.exhausted'], type) && 'WARNING' || 'INFO'}",
        source_ip='{event_attributes.http_request.client_ip}',
    ),
    vendor=Vendor(
        docs='https://docs.svix.com/receiving/verifying-payloads/how-manual',
        deadline=15,
        retries='7 times: after 5 seconds, 5 and 30 minutes, 2, 5, 10 and 10 hours; not after a 2xx',
    ),
)
