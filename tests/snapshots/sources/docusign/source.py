"""The definition of docusign, as the generator validated it."""

from lambdas.auth import hmac
from lambdas.model import Auth, Source, Webhook
from lambdas.model_deployment import Vendor
from lambdas.model_events import Events
from lambdas.model_facts import Choice, Facts
from lambdas.signatures.signature_settings import Signature

SOURCE = Source(
    name='docusign',
    description='DocuSign envelopes, recipients and templates, through Connect',
    webhook=Webhook(
        auth=Auth(
            type=hmac,
            settings=hmac.Settings(signature=Signature(header=('X-DocuSign-Signature-*',), encoding='base64')),
        ),
    ),
    events=Events(
        mask=(
            'data.envelopeSummary.recipients.signers[].accessCode',
            'data.envelopeSummary.recipients.carbonCopies[].accessCode',
            'data.envelopeSummary.recipients.certifiedDeliveries[].accessCode',
        ),
        require=('event', 'data',),
        id="join('/', [event, data.envelopeId || data.templateId, data.recipientId, generatedDateTime][?@ && type(@) == 'string'])",
        type='event',
        time='generatedDateTime',
    ),
    facts=Facts(
        summary="docusign: {join(': ', [\n  join(' ', [event, !starts_with(event, 'recipient-')\n    && join(' ', ['by', data.envelopeSummary.sender.email || data.envelopeSummary.sender.userName\n      || data.userId || 'DocuSign'])][?@]),\n  join(', ', [\n    data.envelopeSummary.emailSubject\n      || data.envelopeId && join(' ', ['envelope', data.envelopeId])\n      || data.templateId && join(' ', ['template', data.templateId]),\n    data.recipientId && join(' ', ['recipient', (data.envelopeSummary.recipients.*[]\n      | [?recipientId == root('data.recipientId')].[email || name][] | [0]) || data.recipientId]),\n    data.envelopeSummary.voidedReason || (data.recipientId && (data.envelopeSummary.recipients.*[]\n      | [?recipientId == root('data.recipientId')].declinedReason | [0]))\n  ][?@])][?@ && @ != ''])}",
        severity=Choice(
            of='{event}',
            words={
                'WARNING': ('recipient-authenticationfailed',),
                'NOTICE': (
                    'envelope-voided', 'envelope-declined', 'envelope-corrected', 'envelope-purge', 'envelope-deleted',
                    'recipient-declined', 'recipient-delegate', 'recipient-reassign', 'template-*',
                ),
                'INFO': ('*',),
            },
        ),
        kind=Choice(
            of='{event}',
            words={
                'authentication.start': ('recipient-authenticationfailed',),
                'permission.grant': ('recipient-delegate', 'recipient-reassign',),
                'data.create': ('envelope-created',),
                'data.read': ('recipient-delivered',),
                'data.delete': ('envelope-purge', 'envelope-deleted', 'envelope-discard',),
                'data.change': ('envelope-*', 'recipient-*',),
                'configuration.create': ('template-created',),
                'configuration.change': ('template-modified',),
                'configuration.delete': ('template-deleted',),
                'other': ('*',),
            },
        ),
        outcome=Choice(
            of='{event}',
            words={
                'success': ('envelope-completed', 'recipient-completed',),
                'failure': ('recipient-authenticationfailed', 'recipient-declined', 'envelope-declined', 'recipient-autoresponded'),
            },
        ),
        reason="{data.envelopeSummary.voidedReason || (data.recipientId && (data.envelopeSummary.recipients.*[]\n  | [?recipientId == root('data.recipientId')].declinedReason | [0])) || ''}",
        user="{starts_with(event, 'recipient-') && (data.envelopeSummary.recipients.*[]\n  | [?recipientId == root('data.recipientId')].[email || name][] | [0])\n|| !starts_with(event, 'recipient-') && (data.envelopeSummary.sender.email || data.envelopeSummary.sender.userName) || ''}",
        user_id="{!starts_with(event, 'recipient-') && (data.envelopeSummary.sender.userId || data.userId) || ''}",
        target='{data.envelopeSummary.emailSubject || data.envelopeId || data.templateId}',
        organization='{data.accountId}',
        extra={
            'envelope': '{data.envelopeId}',
            'sender': '{data.envelopeSummary.sender.email}',
            'status': '{data.envelopeSummary.status}',
        },
    ),
    vendor=Vendor(
        docs='https://developers.docusign.com/platform/webhooks/connect/',
        retries='for up to 15 days, at first some 5 minutes apart and then ever longer, after anything but a 2xx',
        secret='issued',
    ),
)
