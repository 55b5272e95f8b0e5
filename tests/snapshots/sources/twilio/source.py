"""The definition of twilio, as the generator validated it."""

from lambdas.auth import any_of, hmac
from lambdas.model import Auth, Events, Facts, Reply, Source, Vendor, Webhook
from lambdas.signatures.signature_settings import BodyHash, Signature, Url

SOURCE = Source(
    name='twilio',
    description='Twilio debugger, messages, calls and Event Streams',
    webhook=Webhook(
        auth=Auth(
            type=any_of,
            settings=any_of.Settings(
                of=(
                    Auth(
                        type=hmac,
                        settings=hmac.Settings(
                            signature=Signature(header=('X-Twilio-Signature',), encoding='base64'),
                            signed='{url}{form_sorted}',
                            url=Url(variants=('no_port', 'default_port', 'quoted', 'unquoted')),
                            algorithm='sha1',
                        ),
                    ),
                    Auth(
                        type=hmac,
                        settings=hmac.Settings(
                            signature=Signature(header=('X-Twilio-Signature',), encoding='base64'),
                            signed='{url}',
                            url=Url(variants=('no_port', 'default_port', 'quoted', 'unquoted')),
                            body_hash=BodyHash(query='bodySHA256'),
                            algorithm='sha1',
                        ),
                    ),
                ),
            ),
        ),
        answer=Reply(text='<Response/>', headers={'content-type': 'text/xml'}),
    ),
    events=Events(
        format=('json', 'form'),
        mask=('Digits', '[].data.body'),
        split='[] || [@]',
        id='id || Sid',
        type='type || MessageStatus || SmsStatus || CallStatus || Level',
    ),
    facts=Facts(
        summary="twilio: {type || (Payload && 'debugger') || (MessageSid && 'message') || (CallSid && 'call')} {MessageStatus || SmsStatus || CallStatus || Level || data.messageStatus || data.level} from {From || data.from || AccountSid || data.account_sid} to {To || data.to}: {ErrorCode || data.errorCode || data.error_code || StirVerstat || Payload}",
        severity="{Level || data.level || (ErrorCode && 'WARNING') || (data.errorCode && 'WARNING') || 'INFO'}",
    ),
    vendor=Vendor(
        docs='https://www.twilio.com/docs/usage/webhooks/webhooks-security',
        deadline=5,
        retries='once where no connection came about; Event Streams for 4 hours, after anything but a 2xx',
    ),
)
