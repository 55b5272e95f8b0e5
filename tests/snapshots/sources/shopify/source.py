"""The definition of shopify, as the generator validated it."""

from lambdas.auth import hmac
from lambdas.model import Auth, Events, Facts, Source, Vendor, Webhook
from lambdas.signatures.signature_settings import Signature

SOURCE = Source(
    name='shopify',
    description='Shopify webhooks of an app or of a store',
    webhook=Webhook(
        auth=Auth(
            type=hmac,
            settings=hmac.Settings(
                signature=Signature(
                    header=('X-Shopify-Hmac-Sha256', 'Shopify-Hmac-Sha256'),
                    encoding='base64',
                ),
            ),
        ),
    ),
    events=Events(
        mask=('token', 'cart_token', 'checkout_token', 'order_status_url', 'landing_site'),
        require=("header('x-shopify-topic')",),
        id="header('x-shopify-webhook-id')",
        type="header('x-shopify-topic')",
        time="header('x-shopify-triggered-at')",
    ),
    facts=Facts(
        summary="shopify: {header('x-shopify-topic')} at {header('x-shopify-shop-domain')}: {customer.email || email || host || name || reason || current}",
        severity="{contains(['app/uninstalled', 'app/scopes_update', 'domains/create', 'domains/destroy', 'disputes/create'], header('x-shopify-topic')) && 'WARNING' || 'INFO'}",
        source_ip='{browser_ip}',
    ),
    vendor=Vendor(
        docs='https://shopify.dev/docs/apps/build/webhooks/verify-deliveries',
        deadline=5,
        retries='8 times in 4 hours; not after a 2xx',
    ),
)
