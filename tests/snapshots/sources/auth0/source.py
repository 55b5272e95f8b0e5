"""The definition of auth0, as the generator validated it."""

from lambdas.auth import token
from lambdas.model import Auth, Source, Webhook
from lambdas.model_deployment import Vendor
from lambdas.model_events import Events
from lambdas.model_facts import Choice, Facts, Mozdef
from lambdas.transform import transform

SOURCE = Source(
    name='auth0',
    description='Auth0 tenant logs, through a custom webhook log stream',
    webhook=Webhook(auth=Auth(type=token, settings=token.Settings(header='Authorization'))),
    events=Events(
        format=('ndjson',),
        mask=(
            'data.details.link', 'data.details.resetUrl', 'data.details.invitation.ticket_id',
            'logs[].data.details.link', 'logs[].data.details.resetUrl', 'logs[].data.details.invitation.ticket_id',
        ),
        split='[].[logs || [@]][][]',
        require=('log_id', 'data.type', 'data.date',),
        id='log_id',
        type='data.type',
        time='data.date',
    ),
    facts=Facts(
        summary="auth0: {join(': ', [\n  join(' ', [\n    type_name,\n    [\n      data.user_name, data.details.request.auth.user.email, data.details.request.auth.user.name,\n      !ends_with(data.user_id || '-', '@clients') && data.user_id, data.client_name, data.client_id\n    ][?@] | [:1].join(' ', ['by', @]) | [0],\n    [data.user_name && data.client_name || data.audience][?@ && type(@) == 'string'].join(' ', ['to', @]) | [0]\n  ][?@]),\n  join(' ', [\n    data.description,\n    data.details.response.body.name || data.details.request.body.name || data.details.request.body.email\n      || (data.details.invitation || data.details.request.body).invitee.email\n      || data.details.request.body.owners[0] || data.details.request.body.userName || data.details.request.path\n  ][?@ && type(@) == 'string'])\n][?@])}",
        severity=Choice(
            of="{data.type == 'my_account_authentication_method_succeeded' && contains(to_string(data.details.operation), 'elete')\n  && 'WARNING' || join(' ', [data.type, data.details.request.path || '-'])}",
            words={
                'INFO': ('flows_execution_completed *', 'forms_submission_succeeded *',),
                'ERROR': (
                    'limit_mu *', 'limit_phone *', 'limit_sul *', 'limit_wc *', 'pwd_leak *', 'reset_pwd_leak *',
                    'signup_pwd_leak *',
                ),
                'WARNING': (
                    'ferrt *', 'gd_auth_rejected *', 'gd_otp_rate_limit_exceed *', 'gd_recovery_rate_limit_exceed *',
                    'gd_tenant_update *', 'gd_unenroll *', 'gd_user_delete *', 'kms_key_management_success *',
                    'kms_key_state_changed *', 'mgmt_api_read *', 'ublkdu *', 'sapi */roles', 'sapi */permissions',
                    'sapi /api/v2/roles/*/users', 'sapi */multifactor/*', 'sapi */authenticat*',
                    'sapi /api/v2/actions/*', 'sapi /api/v2/anomaly/*', 'sapi */attack-protection/*',
                    'sapi /api/v2/client-grants*', 'sapi /api/v2/clients*', 'sapi /api/v2/connections*',
                    'sapi /api/v2/guardian/*', 'sapi /api/v2/hooks*', 'sapi /api/v2/keys/*', 'sapi /api/v2/log-streams*',
                    'sapi /api/v2/network-acls*', 'sapi /api/v2/risk-assessment*', 'sapi /api/v2/rules*',
                    'sapi /api/v2/tenants/invitations*', 'sapi /api/v2/tenants/settings*', 'sapi /api/v2/user-blocks*',
                ),
                'NOTICE': (
                    'api_limit *', 'organization_member_added *', 'sapi *', 'sdu *', 'du *', 'w *', 'f*', '*_failed *',
                    '*_failure *', '*_error *',
                ),
            },
        ),
        kind=Choice(
            of="{data.type} {data.details.request.method || '-'} {data.details.request.path || '-'}",
            words={
                'detection.create': ('limit_mu *', 'limit_phone *', '*pwd_leak *', 'ferrt *', 'gd_auth_rejected *',),
                'account.lock': ('limit_*', 'gd_*_exceed *',),
                'account.enable': ('ublkdu *', '*api delete /api/v2/user-blocks*',),
                'account.create': ('ss *', 'fs *', 'si *', 'fi *', 'sui *', 'fui *', '*scim post *', '*api post /api/v2/users',),
                'authentication.end': ('slo *', 'flo *', '*_logout_*', 'srrt *',),
                'permission.grant': (
                    '*api post */roles', '*api post */permissions', '*api post /api/v2/roles/*/users',
                    '*api post /api/v2/client-grants*', '*api post */invitations', 'organization_member_added *',
                ),
                'permission.revoke': (
                    '*api delete */roles', '*api delete */permissions', '*api delete /api/v2/roles/*',
                    '*api delete /api/v2/client-grants*',
                ),
                'permission.change': ('*api * /api/v2/roles*', '*api patch /api/v2/client-grants*',),
                'account.delete': ('sdu *', 'fdu *', 'du *', '*scim delete *', 'gd_user_delete *',),
                'account.change': (
                    'sce *', 'scp *', 'scph *', 'scpn *', 'scpr *', 'scu *', 'sv *', 'svr *', 'fce *', 'fcp *', 'fcph *',
                    'fcpn *', 'fcpr *', 'fcu *', 'fv *', 'fvr *', 'gd_*enroll*', 'gd_update_device_account *',
                    'my_account_*', 'connected_accounts_*', '*scim *', '*api * /api/v2/users/*/*',
                    '*api patch /api/v2/users/*', '*api * /api/v2/guardian/enrollments*', 'wum *',
                ),
                'configuration.read': ('mgmt_api_read *', '*api get *',),
                'configuration.create': ('*api post *',),
                'configuration.delete': ('*api delete *',),
                'configuration.change': (
                    '*api *', 'gd_tenant_update *', 'kms_*', 'ss_sso_*', 'directory_sync_*', 'custom_domain_*',
                    'depnote *', 'resource_cleanup *',
                ),
                'other': (
                    'acls_summary *', 'actions_*', 'acul_*', 'admin_*', 'api_limit*', 'appi *', 'con *', 'coff *',
                    'fcpro *', 'flows_*', 'fn *', 'forms_*', 'fpurh *', 'sys_*', 'wn *', 'rich_consents_*',
                    'too_many_records *',
                ),
                'authentication.start': ('*',),
            },
        ),
        outcome=Choice(
            of='{data.type}',
            words={
                'success': (
                    's', 'sapi', 'sc*', 'sd*', 'se*', 'si', 'slo', 'srrt', 'ss', 'ss_sso_success', 'ssa', 'sscim', 'sui',
                    'sv*', 'success_*', '*_succeeded', '*_succeed', '*_completed', '*_success',
                    'gd_auth_email_verification', 'gd_enrollment_complete', 'mgmt_api_read', 'organization_member_added',
                    'ublkdu', 'gd_unenroll',
                ),
                'failure': (
                    'f*', '*_failed', '*_failure', '*_rejected', '*_error', '*_exceed', 'gd_auth_fail_*', 'limit_*',
                    '*pwd_leak', 'api_limit', 'custom_domain_verification_failed',
                ),
            },
        ),
        reason="{data.details.error.message || data.details.error.reason || data.details.error.oauthError\n  || data.details.response.body.message\n  || (starts_with(data.type, 'f') || ends_with(data.type, '_failed')) && data.description || ''}",
        user='{data.user_name || data.details.request.auth.user.email || data.details.request.auth.user.name}',
        user_id='{data.user_id || data.details.request.auth.user.user_id}',
        source_ip='{data.ip}',
        user_agent='{data.user_agent}',
        target_user="{data.details.response.body.email || data.details.request.body.email || data.details.body.email\n  || (data.details.invitation || data.details.request.body).invitee.email\n  || data.details.request.body.owners[0] || data.details.request.body.user.email\n  || data.details.request.body.userName || starts_with(data.type, 'gd_') && data.user_name || ''}",
        target='{data.details.response.body.name || data.details.request.body.name || data.details.request.path || data.client_name}',
        role="{join(', ', data.details.request.body.permissions[].permission_name || data.details.request.body.roles\n  || data.details.request.body.scope || data.details.invitation.roles)}",
        organization='{data.tenant_name}',
        session='{data.details.session_id}',
        extra={
            'auth0_organization': '{data.organization_name}',
            'audience': '{data.audience}',
            'clientid': '{data.client_id}',
            'clientname': '{data.client_name}',
            'connection': '{data.connection}',
            'ja4': '{data.security_context.ja4}',
            'risk': '{data.details.riskAssessment.confidence}',
            'strategy': '{data.strategy}',
        },
    ),
    mozdef=Mozdef(
        category="{type_name | (contains(@, 'Login') || contains(@, 'Logout') || contains(@, 'Signup') || contains(@, 'Silent')\n  || contains(@, 'OTP') || contains(@, 'Authentication')) && 'authentication' || 'auth0'}",
        details={
            'eventname': '{type_name}',
            'description': '{data.description}',
            'username': "{data.type == 'fp' && !(data.user_name) && (data.user_id || 'unknown') || ''}",
        },
    ),
    vendor=Vendor(
        docs='https://auth0.com/docs/customize/log-streams/custom-log-streams',
        retries='3 attempts, begun again until they succeed; after 7 days of failures the stream is paused',
        secret='chosen',
    ),
    transform=transform,
)
