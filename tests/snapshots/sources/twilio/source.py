"""The definition of twilio, as the generator validated it."""

from lambdas.auth import any_of, hmac
from lambdas.model import Auth, Reply, Source, Webhook
from lambdas.model_deployment import Vendor
from lambdas.model_events import Events
from lambdas.model_facts import Choice, Facts
from lambdas.signatures.signature_settings import BodyHash, Signature, Url
from lambdas.transform import transform

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
                            url=Url(variants=('no_port', 'default_port', 'quoted', 'unquoted',)),
                            algorithm='sha1',
                        ),
                    ),
                    Auth(
                        type=hmac,
                        settings=hmac.Settings(
                            signature=Signature(header=('X-Twilio-Signature',), encoding='base64'),
                            signed='{url}',
                            url=Url(variants=('no_port', 'default_port', 'quoted', 'unquoted',)),
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
        format=('json', 'form',),
        mask=(
            'Digits', 'CallToken', 'RecordingUrl', 'MediaUrl0', 'MediaUrl1', 'MediaUrl2', 'MediaUrl3', 'MediaUrl4',
            'MediaUrl5', 'MediaUrl6', 'MediaUrl7', 'MediaUrl8', 'MediaUrl9', '[].data.body', '[].data.recordingUrl',
        ),
        split='[] || [@]',
        id='id || Sid',
        type='type || EventType || MessageStatus || SmsStatus || CallStatus || RecordingStatus || StatusCallbackEvent || Level',
    ),
    facts=Facts(
        summary="twilio: {[\n  [type || EventType || (Payload && 'debugger' || RecordingStatus && 'recording'\n      || StatusCallbackEvent && 'conference' || (MessageStatus || SmsStatus) && 'message' || CallStatus && 'call')\n      | @ || 'callback',\n    !(type || EventType) && (MessageStatus || SmsStatus || RecordingStatus || StatusCallbackEvent || CallStatus || Level)\n      || data.messageStatus || data.level,\n    (Author || From || data.from) | @ && join(' ', ['from', @]),\n    (To || data.to) | @ && join(' ', ['to', @]),\n    !(From || data.from || Author) && (FriendlyName || AccountSid || data.account_sid || data.accountSid)\n      | @ && join(' ', ['of', @])\n    ][?@] | join(' ', @),\n  [(ErrorCode || Payload.error_code || data.errorCode || data.error_code) | @ && to_string(@),\n    ErrorMessage || Payload.more_info.Msg || data.payload.message, StirVerstat][?@] | join(' ', @)\n  ][?@] | join(': ', @)}",
        severity=Choice(
            of="{Level || data.level || contains(StirVerstat || '', 'Failed') && 'WARNING' || (ErrorCode || data.errorCode || contains(['undelivered', 'failed', 'absent'],\n  MessageStatus || SmsStatus || CallStatus || RecordingStatus || '')) && 'NOTICE' || 'INFO'}",
            words={},
        ),
        action="{type || EventType || ([Payload && 'debugger' || RecordingStatus && 'recording' || StatusCallbackEvent && 'conference'\n  || (MessageStatus || SmsStatus) && 'message' || CallStatus && 'call',\n  MessageStatus || SmsStatus || RecordingStatus || StatusCallbackEvent || CallStatus || Level][?@] | join(' ', @))}",
        kind=Choice(of='other', words={'other': ('*',)}),
        outcome=Choice(
            of='{MessageStatus || SmsStatus || RecordingStatus || CallStatus || type}',
            words={
                'success': (
                    'delivered', 'sent', 'read', 'received', 'completed', '*.delivered', '*.sent', '*.read',
                    '*.received', '*.completed',
                ),
                'failure': (
                    'undelivered', 'failed', 'busy', 'no-answer', 'canceled', 'absent', '*.undelivered', '*.failed',
                    '*.deliveryfailed',
                ),
            },
        ),
        reason='{ErrorMessage || Payload.more_info.Msg || data.payload.message || (ErrorCode || data.errorCode || data.error_code) | @ && to_string(@)}',
        user='{Author}',
        target='{To || data.to || Payload.webhook.request.url}',
        organization='{AccountSid || data.account_sid || data.accountSid}',
        session='{CallSid || MessageSid || data.messageSid || Payload.resource_sid || data.request_sid || ConversationSid}',
        extra={
            'from': '{From || data.from}',
            'to': '{To || data.to}',
            'country': '{FromCountry}',
            'direction': '{Direction}',
            'error': '{ErrorCode || Payload.error_code || data.errorCode || data.error_code}',
            'verification': '{StirVerstat}',
            'duration': '{CallDuration || RecordingDuration}',
            'product': '{data.product_name}',
        },
    ),
    vendor=Vendor(
        docs='https://www.twilio.com/docs/usage/webhooks/webhooks-security',
        deadline=5,
        retries='once where no connection came about; Event Streams for 4 hours, after anything but a 2xx',
        secret='issued',
    ),
    transform=transform,
)
