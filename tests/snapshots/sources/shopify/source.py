"""The definition of shopify, as the generator validated it."""

from lambdas.auth import hmac
from lambdas.model import Auth, Source, Webhook
from lambdas.model_deployment import Vendor
from lambdas.model_events import Events
from lambdas.model_facts import Choice, Facts
from lambdas.signatures.signature_settings import Signature

SOURCE = Source(
    name='shopify',
    description='Shopify webhooks of an app or of a store',
    webhook=Webhook(
        auth=Auth(
            type=hmac,
            settings=hmac.Settings(
                signature=Signature(header=('X-Shopify-Hmac-Sha256', 'Shopify-Hmac-Sha256',), encoding='base64'),
            ),
        ),
    ),
    events=Events(
        mask=(
            'token', 'cart_token', 'checkout_token', 'order_status_url', 'landing_site', 'abandoned_checkout_url',
            'invoice_url', 'checkout.token', 'checkout.abandoned_checkout_url',
        ),
        require=("header('x-shopify-topic')",),
        id="header('x-shopify-webhook-id')",
        type="header('x-shopify-topic')",
        time="header('x-shopify-triggered-at')",
    ),
    facts=Facts(
        summary="shopify: {[\n  [header('x-shopify-topic'), header('x-shopify-shop-domain') || shop_domain || myshopify_domain][?@] | join(' at ', @),\n  [name || title || host || product_listing.title || collection_listing.title || app_subscription.name\n      || app_purchase_one_time.name || display_name || handle || locale || sku\n      || (order_id || order_edit.order_id) && join(' ', ['order', to_string(order_id || order_edit.order_id)])\n      || company_contact && join(' of ', [company_contact.title, company_contact.company.name][?@])\n      || events && join(', ', events[].event.join(' by ', [\n           action, actor.on_behalf_of.user_email || actor.actor_metadata.app_name][?@]))\n      || !(email || customer || current || token) && (\n           [[id, product_id, collection_id, subscription_contract_id], *.[title, id, product_id, collection_id][],\n             [admin_graphql_api_id]][] | [?@] | [0] | @ && to_string(@)),\n    customer.email || email,\n    cancel_reason || error_message || reason || errors[0].message,\n    app_subscription.status || app_purchase_one_time.status || financial_status || status || state || risk_level\n      || company_contact_role.name || role,\n    current | @ && join(' ', ['scopes', join(',', @)])\n    ][?@] | join(', ', @)\n  ][?@] | join(': ', @)}",
        severity=Choice(
            of="{header('x-shopify-topic') == 'order_transactions/create' && contains(['failure', 'error'], status || '') && 'NOTICE'\n  || risk_level == 'high' && 'WARNING'\n  || header('x-shopify-topic')}",
            words={
                'WARNING': (
                    'app/uninstalled', 'app/scopes_update', 'domains/*', 'disputes/create', 'themes/publish',
                    'finance_app_staff_member/grant', 'finance_kyc_information/update',
                ),
                'NOTICE': (
                    'bulk_operations/finish', 'customers/data_request', 'customers/delete', 'customers/disable',
                    'customers/redact', 'disputes/update', 'finance_app_staff_member/delete',
                    'finance_app_staff_member/revoke', 'finance_app_staff_member/update', 'locations/activate',
                    'locations/create', 'locations/delete', 'orders/risk_assessment_changed', 'shop/redact',
                    'shop/update', 'subscription_billing_attempts/failure', 'themes/create', 'themes/delete',
                    'themes/update',
                ),
            },
        ),
        kind=Choice(
            of="{header('x-shopify-topic')}",
            words={
                'detection.create': ('disputes/create',),
                'detection.change': ('disputes/update', 'orders/risk_assessment_changed',),
                'permission.grant': ('finance_app_staff_member/grant', 'company_contact_roles/assign',),
                'permission.revoke': ('app/uninstalled', 'finance_app_staff_member/revoke', 'company_contact_roles/revoke',),
                'permission.change': ('app/scopes_update',),
                'account.create': ('customers/create', 'company_contacts/create',),
                'account.delete': ('customers/delete', 'customers/redact', 'company_contacts/delete',),
                'account.disable': ('customers/disable',),
                'account.enable': ('customers/enable',),
                'account.change': ('customers/update', 'customers/merge', 'customers_*/update', 'company_contacts/update',),
                'configuration.create': ('domains/create', 'themes/create', 'locations/create', 'markets/create', 'locales/create',),
                'configuration.delete': ('domains/destroy', 'themes/delete', 'locations/delete', 'markets/delete', 'shop/redact',),
                'configuration.change': (
                    'domains/update', 'themes/publish', 'themes/update', 'locations/*', 'markets/update',
                    'locales/update', 'shop/update', 'app_subscriptions/*', 'app_purchases_one_time/*',
                ),
                'data.read': ('customers/data_request', 'bulk_operations/finish',),
                'data.create': ('*/create', '*/add', '*/attach',),
                'data.delete': ('*/delete', '*/remove', '*/detach', '*/redact',),
                'data.change': ('*/update', '*/updated', '*/edited', '*/cancelled', '*/paid', '*/fulfilled', '*ed',),
                'other': ('*',),
            },
        ),
        outcome=Choice(
            of="{[header('x-shopify-topic'), status][?@] | join(' ', @)}",
            words={
                'success': (
                    'order_transactions/create success', 'subscription_billing_attempts/success*',
                    'bulk_operations/finish completed',
                ),
                'failure': (
                    'order_transactions/create failure', 'order_transactions/create error',
                    'subscription_billing_attempts/failure*', 'bulk_operations/finish failed',
                ),
            },
        ),
        reason='{cancel_reason || error_message || reason || error_code || errors[0].message}',
        user="{([@][?contains(['orders/create', 'checkouts/create', 'checkouts/update'], header('x-shopify-topic'))] | [0] | customer.email || email) || events[0].event.actor.on_behalf_of.user_email}",
        user_id='{user_id}',
        source_ip='{browser_ip || client_details.browser_ip || events[0].event.context.context_metadata.client_ip}',
        user_agent='{client_details.user_agent || events[0].event.context.context_metadata.user_agent}',
        target_user='{customer.email || email}',
        target="{name || title || host || product_listing.title || collection_listing.title || app_subscription.name || app_purchase_one_time.name || display_name || handle || locale || company_contact.company.name || events[0].event.subject.subject_identifier || !token && id || ''}",
        role="{current && join(', ', current) || company_contact_role.name}",
        organization="{header('x-shopify-shop-domain') || shop_domain || myshopify_domain}",
        session="{header('x-shopify-event-id')}",
        extra={
            'amount': '{total_price || amount}',
            'currency': '{currency}',
            'status': '{app_subscription.status || app_purchase_one_time.status || financial_status || status || state || risk_level || role}',
            'app': '{app_id}',
            'channel': '{source_name}',
        },
    ),
    vendor=Vendor(
        docs='https://shopify.dev/docs/apps/build/webhooks/verify-deliveries',
        deadline=5,
        retries='8 times in 4 hours; not after a 2xx',
        secret='issued',
    ),
)
