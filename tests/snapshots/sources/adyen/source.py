"""The definition of adyen, as the generator validated it."""

from lambdas.auth import all_of, basic, body_hmac
from lambdas.model import Auth, Reply, Source, Webhook
from lambdas.model_deployment import Vendor
from lambdas.model_events import Events
from lambdas.model_facts import Choice, Facts
from lambdas.signatures.body_settings import BodySignature
from lambdas.signatures.keys import KeyEncoding

SOURCE = Source(
    name='adyen',
    description='Adyen payments, refunds, payouts, disputes and fraud alerts, through the standard webhook',
    webhook=Webhook(
        auth=Auth(
            type=all_of,
            settings=all_of.Settings(
                of=(
                    Auth(
                        type=body_hmac,
                        settings=body_hmac.Settings(
                            signature=BodySignature(path='additionalData.hmacSignature', encoding='base64'),
                            signed='{pspReference}:{originalReference}:{merchantAccountCode}:{merchantReference}:{amount.value}:{amount.currency}:{eventCode}:{success}',
                            uncovered='eventDate, reason, paymentMethod, operations, the rest of additionalData, and live',
                            each='notificationItems[].NotificationRequestItem',
                            key=KeyEncoding(encoding='hex'),
                        ),
                    ),
                    Auth(type=basic, settings=basic.Settings(secret='login')),
                ),
            ),
        ),
        answer=Reply(text='[accepted]'),
    ),
    events=Events(
        mask=(
            'notificationItems[].NotificationRequestItem.additionalData.shopperSocialSecurityNumber',
            'notificationItems[].NotificationRequestItem.additionalData.bankAccountNumber',
            'notificationItems[].NotificationRequestItem.additionalData.iban',
            'notificationItems[].NotificationRequestItem.additionalData.cavv',
        ),
        split='notificationItems[].NotificationRequestItem',
        require=('eventCode', 'pspReference', 'eventDate',),
        id="join('/', [eventCode, pspReference, success || ''])",
        type='eventCode',
        time='eventDate',
    ),
    facts=Facts(
        summary="adyen: {join(': ', [\n  join(' ', [\n    eventCode,\n    success == 'false' && 'failed',\n    join(' ', ['on', merchantReference || pspReference]),\n    join(' ', ['in', merchantAccountCode]),\n    additionalData.shopperIP && join(' ', ['from', additionalData.shopperIP])\n  ][?@]),\n  (eventCode != 'AUTHORISATION' || success == 'false') && reason\n][?@])}",
        severity=Choice(
            of="{join(' ', [eventCode, success || '-'])}",
            words={
                'WARNING': (
                    'NOTIFICATION_OF_FRAUD *', 'NOTIFICATION_OF_CHARGEBACK *', 'CHARGEBACK *', 'SECOND_CHARGEBACK *',
                    'MANUAL_REVIEW_REJECT *',
                ),
                'NOTICE': (
                    '* false', '*_FAILED *', 'PAYOUT_*', 'PAIDOUT_REVERSED *', 'REFUND_WITH_DATA *', 'MANUAL_REVIEW_*',
                    'REQUEST_FOR_INFORMATION *', 'PREARBITRATION_*', 'CHARGEBACK_REVERSED *',
                ),
                'INFO': ('*',),
            },
        ),
        kind=Choice(
            of='{eventCode}',
            words={
                'detection.create': (
                    'NOTIFICATION_OF_FRAUD', 'NOTIFICATION_OF_CHARGEBACK', 'CHARGEBACK', 'SECOND_CHARGEBACK',
                    'REQUEST_FOR_INFORMATION',
                ),
                'detection.close': ('CHARGEBACK_REVERSED', 'PREARBITRATION_*', 'MANUAL_REVIEW_*', 'DISPUTE_DEFENSE_PERIOD_ENDED',),
                'detection.change': ('INFORMATION_SUPPLIED', 'ISSUER_COMMENTS', 'ISSUER_RESPONSE_TIMEFRAME_EXPIRED',),
                'data.create': ('AUTHORISATION', 'REPORT_AVAILABLE', 'RECURRING_CONTRACT', 'ORDER_OPENED',),
                'data.change': ('*',),
            },
        ),
        outcome=Choice(of='{success}', words={'success': ('true',), 'failure': ('false',)}),
        reason="{!contains(['AUTHORISATION', 'REPORT_AVAILABLE'], eventCode) && reason || success == 'false' && reason || ''}",
        user="{eventCode == 'AUTHORISATION' && additionalData.shopperEmail || ''}",
        source_ip='{additionalData.shopperIP}',
        target_user="{eventCode != 'AUTHORISATION' && additionalData.shopperEmail || ''}",
        target='{merchantReference || pspReference}',
        organization='{merchantAccountCode}',
        session='{originalReference || pspReference}',
        url="{eventCode == 'REPORT_AVAILABLE' && reason || ''}",
        extra={
            'amount': "{amount.value && join(' ', [to_string(amount.value), amount.currency])}",
            'payment_method': '{paymentMethod}',
            'reference': '{pspReference}',
            'fraud_result': '{additionalData.fraudResultType}',
            'fraud_score': '{additionalData.totalFraudScore}',
            'issuer_country': '{additionalData.issuerCountry}',
            'card': '{additionalData.cardSummary}',
            'live': "{root('live')}",
        },
    ),
    vendor=Vendor(
        docs='https://docs.adyen.com/development-resources/webhooks',
        retries='for 30 days: three times within a minute, then after 2, 5, 10, 15 and 30 minutes, 1, 2, 4 and 8 hours; not after a 2xx',
        secret='issued',
    ),
)
