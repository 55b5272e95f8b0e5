"""The definition of intercom, as the generator validated it."""

from lambdas.auth import hmac
from lambdas.model import Auth, Challenge, Reply, Source, Webhook
from lambdas.model_deployment import Vendor
from lambdas.model_events import Events
from lambdas.model_facts import Choice, Facts
from lambdas.signatures.signature_settings import Signature

SOURCE = Source(
    name='intercom',
    description='Intercom teammates, their activity log, contacts, conversations and tickets',
    webhook=Webhook(
        auth=Auth(
            type=hmac,
            settings=hmac.Settings(signature=Signature(header=('X-Hub-Signature',), prefix='sha1='), algorithm='sha1'),
        ),
        challenges=(
            Challenge(when="topic == 'ping'", reply=Reply()),
            Challenge(when="!header('x-hub-signature')", reply=Reply(), method='HEAD', unauthenticated=True),
        ),
    ),
    events=Events(require=('id', 'topic', 'data.item',), id='id', type='topic', time='created_at', time_format='unix'),
    facts=Facts(
        summary="intercom: {join(': ', [\n  data.item.activity_type || topic,\n  data.item.activity_description || join(' ', [\n    [data.item.name, data.item.ticket_attributes._default_title_, data.item.title, data.item.email,\n      data.item.contact.name, data.item.contact.email, data.item.tag.name, data.item.external_id\n      ][?@ && type(@) == 'string'] | [0],\n    (data.item.type || '') != 'admin' && to_string(data.item.id || data.item.contact.id || ''),\n    [data.item.conversation_parts.conversation_parts[-1].author, data.item.ticket_parts.ticket_parts[-1].author][].[\n      email, name][] | [?@ && type(@) == 'string'] | [0] | @ && join(' ', ['by', @]),\n    data.item.activity_type && data.item.performed_by.email && join(' ', ['by', data.item.performed_by.email])\n  ][?@ && @ != ''])\n][?@ && @ != ''])}",
        severity=Choice(
            of='{data.item.activity_type || topic}',
            words={
                'WARNING': (
                    'admin_impersonation_start', 'admin_impersonation_consent_approved', 'admin_permission_change',
                    'admin_provisioned', 'admin_two_factor_auth_change', 'admin_unauthorized_sign_in_method',
                    'app_authentication_method_change', 'app_data_deletion', 'app_data_export',
                    'app_google_sso_domain_change', 'app_identity_verification_change', 'app_package_installation',
                    'app_package_token_regeneration', 'app_webhook_creation', 'bulk_delete', 'bulk_export',
                    'conversation_pdf_export', 'custom_authentication_token_creation', 'messenger_api_secret_*',
                    'role_*', 'security_settings_change', 'malicious_domains_setting_change',
                    'trusted_domains_setting_change', 'content_redaction_rule_deletion', 'content_redaction_rule_update',
                    'allowed_attachment_*', 'workspace_deletion_request', 'inbox_access_change',
                ),
                'NOTICE': (
                    'admin_login_failure', 'admin_invite_*', 'admin_password_*', 'admin_deletion', 'admin_deprovisioned',
                    'app_admin_join', 'admin_impersonation_*', 'app_*', 'conversation_deletion_schedule_*', 'seat_*',
                    'oauth_token_revocation', 'admin.added_to_workspace', 'admin.removed_from_workspace',
                    'contact.deleted', 'contact.archived', 'contact.merged', 'contact.email.updated', 'company.deleted',
                    'conversation.deleted', 'conversation_part.redacted', '*_deletion', 'csv_import_*',
                ),
                'INFO': ('*',),
            },
        ),
        action='{data.item.activity_type || topic}',
        kind=Choice(
            of='{data.item.activity_type || topic}',
            words={
                'authentication.start': (
                    'admin_login_success', 'admin_login_failure', 'admin.logged_in', 'admin_impersonation_start',
                    'admin_unauthorized_sign_in_method',
                ),
                'authentication.end': ('admin_logout', 'admin.logged_out', 'admin_impersonation_end',),
                'account.create': ('admin_provisioned', 'app_admin_join', 'admin.added_to_workspace', 'admin_invite_creation',),
                'account.delete': ('admin_deletion', 'admin_deprovisioned', 'admin.removed_from_workspace', 'admin_invite_deletion',),
                'permission.change': ('role_*', 'admin_permission_change', 'inbox_access_change', 'app_team_membership_modification',),
                'account.change': ('admin_password_*', 'admin_two_factor_auth_change', 'admin_*', 'admin.*', 'seat_*',),
                'permission.grant': ('app_package_installation', 'custom_authentication_token_creation', 'messenger_api_secret_creation',),
                'permission.revoke': ('app_package_uninstallation', 'messenger_api_secret_deletion', 'oauth_token_revocation',),
                'data.read': ('app_data_export', 'bulk_export', 'conversation_pdf_export', 'macro_usage_export',),
                'data.delete': (
                    'app_data_deletion', 'bulk_delete', '*.deleted', 'conversation_part.redacted',
                    'conversation_part_deletion',
                ),
                'configuration.create': ('app_*_creation', '*_schedule_creation', '*_rule_creation',),
                'configuration.delete': ('app_*_deletion', '*_schedule_deletion', '*_rule_deletion',),
                'configuration.change': ('*_setting_change', '*_settings_change', 'app_*', '*_rule_update', '*_schedule_*', '*_change',),
                'data.create': ('*.created', '*.admin.single.created', 'csv_import_*',),
                'data.change': ('contact.*', 'company.*', 'conversation*', 'ticket.*', 'article.*', '*_update',),
                'other': ('*',),
            },
        ),
        outcome=Choice(
            of='{data.item.activity_type || topic}',
            words={
                'success': ('admin_login_success', 'admin.logged_in',),
                'failure': ('admin_login_failure', 'admin_unauthorized_sign_in_method',),
            },
        ),
        reason="{data.item.metadata.sign_in_method && join(' ', ['with', data.item.metadata.sign_in_method])}",
        user="{data.item.performed_by.email || data.item.type == 'admin' && !contains(['admin.added_to_workspace', 'admin.removed_from_workspace'], topic)\n  && (data.item.email || data.item.name)\n|| ([data.item.conversation_parts.conversation_parts[-1].author, data.item.ticket_parts.ticket_parts[-1].author][]\n  | [?type == 'admin'].email | [0]) || ''}",
        user_id="{data.item.performed_by.id || data.item.type == 'admin' && !contains(['admin.added_to_workspace', 'admin.removed_from_workspace'], topic)\n  && to_string(data.item.id) || ''}",
        source_ip='{data.item.performed_by.ip}',
        target_user="{contains(['admin.added_to_workspace', 'admin.removed_from_workspace'], topic)\n  && (data.item.email || data.item.name) || ''}",
        target="{data.item.type != 'admin' && !(data.item.activity_type) && to_string(data.item.id || data.item.contact.id || '') || ''}",
        organization='{app_id}',
        extra={'topic': '{topic}', 'item': '{data.item.type}', 'attempts': '{delivery_attempts}'},
    ),
    vendor=Vendor(
        docs='https://developers.intercom.com/docs/references/webhooks/webhook-models',
        deadline=5,
        retries='once, after a minute, after anything but a 2xx and after a timeout; a 410 ends the subscription',
        secret='issued',
    ),
)
