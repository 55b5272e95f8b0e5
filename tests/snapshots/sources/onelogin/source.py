"""The definition of onelogin, as the generator validated it."""

from lambdas.credentials import oauth2
from lambdas.model import Source
from lambdas.model_deployment import Vendor
from lambdas.model_events import Events
from lambdas.model_facts import Choice, Facts
from lambdas.model_pull import Credentials, ErrorRule, Paging, Pull, Rate, Stream, Window
from lambdas.paging import cursor
from lambdas.runtime.parameters import read_parameters
from lambdas.transform import transform

PARAMETERS = read_parameters({'Subdomain': '[a-z0-9][a-z0-9-]*'})
SOURCE = Source(
    name='onelogin',
    description='OneLogin events of sign-ins, users, roles, apps, policies and administrators',
    pull=Pull(
        url='https://' + PARAMETERS['Subdomain'] + '.onelogin.com',
        credentials=Credentials(
            type=oauth2,
            settings=oauth2.Settings(
                url='https://' + PARAMETERS['Subdomain'] + '.onelogin.com/auth/oauth2/v2/token',
                format='json',
            ),
        ),
        every=300,
        rate=Rate(requests=2000, per=3600),
        streams={
            'events': Stream(
                paging=Paging(
                    style=cursor,
                    settings=cursor.Settings(at='pagination.after_cursor', while_='pagination.next_link != `null`'),
                ),
                resume='time',
                get='/api/1/events',
                query={'since': '{from}', 'until': '{to}', 'limit': '50', 'after_cursor': '{cursor}'},
                window=Window(format='%Y-%m-%dT%H:%M:%S.000Z'),
                events=Events(
                    split='data',
                    require=('event_type_id',),
                    id='to_string(id)',
                    type='to_string(event_type_id)',
                    time='created_at',
                ),
            ),
        },
        errors=(
            ErrorRule(do='stop', status=400, say="OneLogin refuses the request: {status.message || 'no reason'}"),
            ErrorRule(
                do='stop',
                status=401,
                say="OneLogin does not accept the token ({status.message || 'no reason'}): is the API credential enabled?",
            ),
            ErrorRule(
                do='stop',
                status=403,
                say="OneLogin refuses ({status.message || 'no reason'}): the API credential needs the scope Read Users or Read All",
            ),
            ErrorRule(do='stop', status=404, say='OneLogin has nothing here: look at Subdomain'),
        ),
    ),
    events=Events(
        split='data',
        require=('event_type_id',),
        id='to_string(id)',
        type='to_string(event_type_id)',
        time='created_at',
    ),
    facts=Facts(
        summary="onelogin: {join(': ', [\n  join(' by ', [event_type, actor_user_name || actor_system || user_name][?@ && @ != '']),\n  join(', ', [\n    !contains([actor_user_name || actor_system || user_name], user_name) && user_name,\n    app_name && join(' ', ['app', app_name]),\n    role_name && join(' ', ['role', role_name]),\n    group_name && join(' ', ['group', group_name]),\n    policy_name && join(' ', ['policy', policy_name]),\n    privilege_name && join(' ', ['privilege', privilege_name]),\n    (otp_device_name || authentication_factor_description)\n      && join(' ', ['factor', otp_device_name || authentication_factor_description]),\n    risk_score && join(' ', ['risk', to_string(risk_score)]),\n    error_description || custom_message\n  ][?@ && type(@) == 'string'])\n][?@ && @ != ''])}",
        severity=Choice(
            of="{risk_score && risk_score > `50` && 'risk' || '-'} {event_type}",
            words={
                'WARNING': (
                    'risk *', '* USER_ASSUMED_USER', '* EXTERNAL_ASSUME_USER', '* PRIVILEGE_GRANTED_*',
                    '* DELEGATED_PRIVILEGE_*', '* USER_ROLE_MANAGEMENT_*', '* ADMIN_CHANGED_*',
                    '* USER_REVEALED_PASSWORD', '* USER_REMOVED_OTP_DEVICE', '* AUTHENTICATION_FACTOR_*',
                    '* TEMP_OTP_TOKEN_GENERATED', '* OL_OTP_PUSH_REJECT', '* TRUSTED_IDP_*', '* POLICY_*',
                    '* API_CREDENTIAL_*', '* API_SET_PWD_*', '* API_AUTH_CLIENT_*', '* API_AUTH_APP_*',
                    '* BROADCASTER_*', '* CERTIFICATE_CREATED', '* CERTIFICATE_DELETED', '* ADAPTIVE_LOGIN_DISABLED',
                    '* ACCOUNT_SETTINGS_UPDATED', '* HOOKS_*', '* DIRECTORY_CREATED', '* DIRECTORY_DESTROYED',
                    '* USER_UNAUTHORIZED_APP_ACCESS', '* SMTP_SETTINGS_UPDATED',
                ),
                'NOTICE': (
                    '* *FAILED*', '* *_FAILURE', '* *_DENIED', '* USER_REJECTED_BY_*', '* *LOCKED*', '* *_USER',
                    '* API_*_USER', '* *_USER_VIA_API', '* *_ROLE', '* *_ROLES', '* ROLE_*', '* GROUP_*',
                    '* PRIVILEGE_*', '* *PASSWORD*', '* *OTP*', '* *PHONE*', '* APP_*', '* API_APP_*', '* MAPPING_*',
                    '* RADIUS_CONFIG_*', '* VLDAP_*', '* DESKTOP_SSO_*', '* DIRECTORY_UPDATED', '* API_UNAUTHORIZED',
                    '* ONELOGIN_DESKTOP_REVOKE_*', '* USER_VIEWED_NOTE', '* DIRECTORY_CONNECTOR_*', '* NO_ACTIVE_*',
                    '* CERTIFICATE_EXPIRES',
                ),
            },
        ),
        action='{event_type}',
        kind=Choice(
            of='{event_type}',
            words={
                'authentication.start': (
                    'USER_LOGGED_INTO_*', 'USER_FAILED_*_LOGIN', 'USER_SUCCEEDED_PROXY_LOGIN', 'USER_AUTHENTICATED_BY_*',
                    'USER_REJECTED_BY_*', 'USER_FAILED_REMOTE_AUTHENTICATION', 'USER_ASSUMED_USER',
                    'EXTERNAL_ASSUME_USER', 'VLDAP_BIND_*', 'SOCIAL_SIGN_IN*', '*_LOGIN_SUCCESS', '*_LOGIN_FAILURE',
                    'USER_LOGIN_CHALLENGE*', 'USER_UNAUTHORIZED_APP_ACCESS',
                    'ONELOGIN_DESKTOP_USER_FAILED_ONELOGIN_LOGIN', 'OL_OTP_PUSH_REJECT', 'API_VERIFY_FACTOR*',
                    'USER_REAUTH_SUCCESS', 'API_AUTH_ISSUE_TOKEN*', 'OIDC_*',
                ),
                'authentication.end': ('USER_LOGGED_OUT_*', 'API_LOGOUT*', 'FORCE_LOGOUT_USER',),
                'account.create': (
                    'CREATED_USER', 'CREATE_USER_FAILED', 'IMPORTED_USER', 'API_CREATE_USER*', 'USER_CREATED_IN_*',
                    'USER_CREATED_BY_TIDP',
                ),
                'account.delete': ('DELETED_USER', 'DELETE_USER_FAILED', 'API_DESTROY_USER*', 'USER_DELETED_IN_*',),
                'account.enable': ('ACTIVATED_USER', 'REACTIVATED_USER*', 'UNLOCKED_USER*', 'USER_REACTIVATED_IN_*',),
                'account.disable': ('DEACTIVATED_USER', 'SUSPENDED_USER*', 'USER_SUSPENDED_IN_*',),
                'account.lock': ('USER_LOCKED*', 'API_LOCK_USER*',),
                'permission.grant': (
                    'USER_ASSIGNED_ROLE', '*_ADDED_TO_ROLE', 'API_ADD_ROLES*', 'PRIVILEGE_GRANTED_*',
                    '*_PRIVILEGE_ASSIGNED_*', 'USER_ROLE_MANAGEMENT_GRANTED', 'USER_APP_REQUEST_APPROVED',
                    'API_CREDENTIAL_CREATED', 'API_CREDENTIAL_ENABLED',
                ),
                'permission.revoke': (
                    '*_REMOVED_FROM_ROLE', 'API_REMOVE_ROLES*', 'PRIVILEGE_REVOKED_*', '*_PRIVILEGE_REMOVED_*',
                    'USER_ROLE_MANAGEMENT_REVOKED', 'API_CREDENTIAL_DELETED', 'API_CREDENTIAL_DISABLED',
                ),
                'permission.change': ('DELEGATED_PRIVILEGE_*',),
                'account.change': (
                    'UPDATED_USER', 'API_UPDATE_USER', '*PASSWORD*', '*_PWD_*', '*OTP_DEVICE', '*PHONE*', 'TEMP_OTP_*',
                    'PROFILE_*', 'API_SET_CUSTOM_ATTRS*', 'USER_UPDATED_IN_*', 'USER_FAILED_*_IN_APP',
                    'UPDATE_USER_FAILED',
                ),
                'data.create': ('USER_CREATED_NOTE',),
                'data.change': ('USER_EDITED_NOTE',),
                'data.delete': ('USER_DELETED_NOTE',),
                'data.read': ('USER_VIEWED_NOTE', 'API_INDEX_ACTION', 'API_SHOW_ACTION', 'API_RES_ACTION', 'REPORT_GENERATED',),
                'configuration.create': ('*_CREATED*', '*_CREATE_*', '*_ADDED', 'CERTIFICATE_CREATED',),
                'configuration.delete': ('*_DELETED*', '*_DESTROYED', '*_DELETE_*', 'TRUSTED_IDP_REMOVED*',),
                'configuration.change': (
                    '*_UPDATED*', '*_UPDATE_*', '*_MODIFIED', '*_ENABLED', '*_DISABLED', 'ADMIN_CHANGED_*',
                    'TRUSTED_IDP_MADE_DEFAULT',
                ),
                'other': ('*',),
            },
        ),
        outcome=Choice(
            of='{event_type}',
            words={
                'failure': (
                    '*FAILED*', '*_FAILURE', '*_FAIL', '*_DENIED', 'USER_REJECTED_BY_*', 'USER_UNAUTHORIZED_APP_ACCESS',
                    'OL_OTP_PUSH_REJECT', 'API_BAD_REQUEST', 'API_UNAUTHORIZED', '*_EXCEPTION', '*_ERROR',
                ),
                'success': (
                    'USER_LOGGED_INTO_*', 'USER_AUTHENTICATED_BY_*', '*_SUCCESS', 'USER_SUCCEEDED_PROXY_LOGIN',
                    'SOCIAL_SIGN_IN', 'API_VERIFY_FACTOR', '*_APPROVED', '*_SUCCEEDED',
                ),
            },
        ),
        reason='{error_description || resolution}',
        user='{actor_user_name || actor_system || user_name}',
        user_id='{[actor_user_id, !actor_system && user_id][?@].to_string(@) | [0]}',
        source_ip='{ipaddr}',
        target_user="{!contains([actor_user_name || actor_system || user_name], user_name) && user_name || ''}",
        target="{[app_name, otp_device_name, group_name, authentication_factor_description,\n  starts_with(event_type, 'POLICY_') && policy_name][?@] | [0]}",
        role='{role_name || privilege_name}',
        organization='{to_string(account_id)}',
        extra={
            'event_type_id': '{to_string(event_type_id)}',
            'app': '{app_name}',
            'risk': '{risk_score && to_string(risk_score)}',
            'risk_reasons': '{risk_reasons}',
            'factor': '{otp_device_name || authentication_factor_description}',
            'policy': '{policy_name}',
            'client': '{client_id}',
            'notes': '{notes}',
        },
    ),
    vendor=Vendor(
        docs='https://developers.onelogin.com/api-docs/1/events/get-events',
        credential='an API credential with Read Users, by the account owner or a Super user',
        limit='5,000 requests an hour for the account, over all API credentials',
    ),
    transform=transform,
)
