"""The definition of box-events, as the generator validated it."""

from lambdas.credentials import oauth2
from lambdas.model import Source
from lambdas.model_deployment import Vendor
from lambdas.model_events import Events
from lambdas.model_facts import Choice, Facts
from lambdas.model_pull import Credentials, ErrorRule, Paging, Pull, Rate, Stream, Window
from lambdas.paging import cursor
from lambdas.runtime.parameters import read_parameters

PARAMETERS = read_parameters({'EnterpriseId': '[0-9]+'})
SOURCE = Source(
    name='box-events',
    description="Box enterprise events, which are sign-ins, settings, shares, downloads and Shield's findings",
    pull=Pull(
        url='https://api.box.com/2.0',
        credentials=Credentials(
            type=oauth2,
            settings=oauth2.Settings(
                url='https://api.box.com/oauth2/token',
                send='body',
                fields={'box_subject_type': 'enterprise', 'box_subject_id': PARAMETERS['EnterpriseId']},
            ),
        ),
        every=300,
        rate=Rate(requests=60, per=60),
        streams={
            'events': Stream(
                paging=Paging(
                    style=cursor,
                    settings=cursor.Settings(at='next_stream_position', while_='length(entries) > `0`'),
                ),
                resume='paging',
                get='/events',
                query={'stream_type': 'admin_logs_streaming', 'limit': '500', 'stream_position': "{cursor || '0'}"},
                window=Window(retention=1209600),
                events=Events(
                    mask=(
                        'entries[].source.shared_link.url', 'entries[].source.shared_link.download_url',
                        'entries[].source.shared_link.vanity_url', 'entries[].source.shared_link.vanity_name',
                    ),
                    split='entries',
                    require=('event_type',),
                    id='event_id',
                    type='event_type',
                    time='created_at',
                ),
            ),
        },
        errors=(
            ErrorRule(
                do='stop',
                status=400,
                say="Box refuses the request: {message || error_description || 'no reason'}",
            ),
            ErrorRule(
                do='stop',
                status=401,
                say='Box does not accept the token: is the app still authorized in the Admin Console?',
            ),
            ErrorRule(
                do='stop',
                status=403,
                say="Box refuses ({message || 'no reason'}): the app needs the scope Manage enterprise properties and the access level App + Enterprise Access, and an administrator must authorize it again after each such change",
            ),
        ),
    ),
    events=Events(
        mask=(
            'entries[].source.shared_link.url', 'entries[].source.shared_link.download_url',
            'entries[].source.shared_link.vanity_url', 'entries[].source.shared_link.vanity_name',
        ),
        split='entries',
        require=('event_type',),
        id='event_id',
        type='event_type',
        time='created_at',
    ),
    facts=Facts(
        summary="box: {join(': ', [\n  join(' by ', [event_type, created_by.login || created_by.name][?@ && @ != '']),\n  join(', ', [\n    source.item_name || source.name || source.file_name || source.folder_name || source.login || source.item_id,\n    source.name && source.login,\n    accessible_by && join(' ', ['for', accessible_by.login || accessible_by.name || accessible_by.group_name]),\n    !accessible_by && source.user_email && join(' ', ['for', source.user_email]),\n    source.group_name && join(' ', ['group', source.group_name]),\n    additional_details.role,\n    additional_details.shield_alert.rule_name && join(' ', ['rule', additional_details.shield_alert.rule_name]),\n    additional_details.access && join(' ', ['access', additional_details.access]),\n    additional_details.type && type(additional_details.type) == 'string' && additional_details.type,\n    source.parent.name && join(' ', ['in', source.parent.name])\n  ][?@ && type(@) == 'string' && @ != ''])\n][?@ && @ != ''])}",
        severity=Choice(
            of="{event_type} {additional_details.shield_alert.priority || '-'}",
            words={
                'ERROR': ('FILE_MARKED_MALICIOUS *', 'SHIELD_ALERT high', 'SHIELD_ALERT critical', 'AI_SECURITY_DETECTION *',),
                'WARNING': (
                    'SHIELD_ALERT *', '*ABNORMAL_DOWNLOAD*', '*_POLICY_VIOLATION *', 'CHANGE_ADMIN_ROLE *',
                    'GROUP_ADMIN_* *', 'ACCESS_GRANTED *', 'APPLICATION_CREATED *', 'APPLICATION_PUBLIC_KEY_* *',
                    'ENTERPRISE_APP_AUTHORIZATION_UPDATE *', 'EXTERNAL_COLLAB_SECURITY_SETTINGS *',
                    'DISABLE_MULTI_FACTOR_AUTH *', 'ILLEGAL_ITEM_OWNERSHIP_TRANSFER_BY_USER *', 'EMAIL_ALIAS_* *',
                    'LEGAL_HOLD_POLICY_* *', 'LEGAL_HOLD_ASSIGNMENT_DELETE *', 'DATA_RETENTION_REMOVE_RETENTION *',
                    'DEVICE_TRUST_CHECK_FAILED *', 'EDR_CROWDSTRIKE_ACCESS_REVOKED *', 'SHIELD_JUSTIFICATION_APPROVAL *',
                ),
                'NOTICE': (
                    'FAILED_LOGIN *', 'ADMIN_LOGIN *', 'ADD_LOGIN_ACTIVITY_DEVICE *', 'SHIELD_* *', '*_USER *',
                    'GROUP_* *', 'COLLAB* *', 'SHARE *', 'UNSHARE *', 'ITEM_SHARED *', 'ITEM_SHARED_* *',
                    'SHARED_LINK_SEND *', 'CHANGE_FOLDER_PERMISSION *', 'ADVANCED_FOLDER_SETTINGS_UPDATE *', 'DELETE *',
                    '*_DEVICE_ASSOCIATION *', 'OAUTH2_* *', 'EMAIL_UPLOAD_ENABLED *', '*MULTI_FACTOR_AUTH *',
                    '*TWO_FACTOR_AUTH *', 'CONTENT_WORKFLOW_* *', 'WORKFLOW_AUTOMATION_* *', 'ACCESS_REVOKED *',
                    '*RETENTION* *', 'LEGAL_HOLD_* *', 'EDR_* *', 'FILE_REQUEST_CREATE *',
                ),
            },
        ),
        kind=Choice(
            of='{event_type}',
            words={
                'authentication.start': ('LOGIN', 'FAILED_LOGIN', 'ADMIN_LOGIN', 'USER_AUTHENTICATE_OAUTH2_ACCESS_TOKEN_CREATE',),
                'authentication.end': ('OAUTH2_*_REVOKE',),
                'detection.create': (
                    'FILE_MARKED_MALICIOUS', 'SHIELD_ALERT', 'SHIELD_*_BLOCKED*', '*ABNORMAL_DOWNLOAD*',
                    '*_POLICY_VIOLATION', 'AI_SECURITY_DETECTION', 'DEVICE_TRUST_CHECK_FAILED', 'EDR_*',
                ),
                'account.create': ('NEW_USER',),
                'account.delete': ('DELETE_USER',),
                'account.change': ('EDIT_USER', 'EMAIL_ALIAS_*', '*MULTI_FACTOR_AUTH', '*TWO_FACTOR_AUTH', '*_LOGIN_ACTIVITY_DEVICE',),
                'permission.grant': (
                    'ACCESS_GRANTED', 'COLLABORATION_ACCEPT', 'COLLABORATION_INVITE', 'COLLAB_ADD_*', 'COLLAB_INVITE_*',
                    'SHARE', 'ITEM_SHARED', 'ITEM_SHARED_CREATE', 'SHARED_LINK_SEND', 'GROUP_ADD_USER', 'GROUP_ADD_ITEM',
                    'GROUP_ADMIN_CREATED', 'FILE_REQUEST_CREATE',
                ),
                'permission.revoke': (
                    'ACCESS_REVOKED', 'COLLABORATION_REMOVE', 'COLLABORATION_EXPIRATION', 'COLLAB_REMOVE_*', 'UNSHARE',
                    'ITEM_SHARED_UNSHARE', 'SHARE_EXPIRATION', 'GROUP_REMOVE_USER', 'GROUP_REMOVE_ITEM',
                    'GROUP_ADMIN_DELETED', 'FILE_REQUEST_DELETE',
                ),
                'permission.change': (
                    'CHANGE_ADMIN_ROLE', 'CHANGE_FOLDER_PERMISSION', 'COLLABORATION_ROLE_CHANGE', 'COLLAB_ROLE_CHANGE',
                    'ITEM_SHARED_UPDATE', 'GROUP_ADMIN_PERMISSIONS_UPDATED', 'UPDATE_*_EXPIRATION',
                    'SHIELD_SHARED_LINK_STATUS_*', 'SHIELD_JUSTIFICATION_APPROVAL',
                    'ILLEGAL_ITEM_OWNERSHIP_TRANSFER_BY_USER',
                ),
                'data.read': ('DOWNLOAD', 'PREVIEW', 'ITEM_OPEN', 'FILE_WATERMARKED_DOWNLOAD', 'CONTENT_ACCESS', 'SIGNER_DOWNLOADED'),
                'data.create': ('UPLOAD', 'COPY', 'COMMENT_CREATE', 'TASK_CREATE', 'UNDELETE',),
                'data.delete': ('DELETE', 'COMMENT_DELETE', 'STORAGE_EXPIRATION',),
                'data.change': ('EDIT', 'MOVE', 'RENAME', 'LOCK', 'UNLOCK', 'ITEM_MODIFY', 'FILE_VERSION_RESTORE',),
                'configuration.create': (
                    'APPLICATION_*CREATED', '*_ADDED', '*POLICY_CREATE', '*POLICY_ADD', '*AUTOMATION_ADD',
                    '*AUTOMATION_CREATE', 'GROUP_CREATION', '*_CREATE_RETENTION', '*ASSIGNMENT_ADD',
                    'LEGAL_HOLD_ASSIGNMENT_CREATE', 'ADD_DEVICE_ASSOCIATION',
                ),
                'configuration.delete': (
                    '*_PUBLIC_KEY_DELETED', '*POLICY_DELETE', '*AUTOMATION_DELETE', 'GROUP_DELETION',
                    '*_REMOVE_RETENTION', 'LEGAL_HOLD_ASSIGNMENT_DELETE', 'REMOVE_DEVICE_ASSOCIATION',
                ),
                'configuration.change': (
                    'ENTERPRISE_APP_*', 'EXTERNAL_COLLAB_SECURITY_SETTINGS', '*POLICY_UPDATE', '*AUTOMATION_UPDATE',
                    'GROUP_EDITED', 'EMAIL_UPLOAD_*', 'ADVANCED_FOLDER_SETTINGS_UPDATE',
                ),
                'other': ('*',),
            },
        ),
        outcome=Choice(
            of='{event_type}',
            words={
                'success': ('LOGIN', 'ADMIN_LOGIN',),
                'failure': ('FAILED_LOGIN', 'DEVICE_TRUST_CHECK_FAILED', 'SHIELD_*_BLOCKED*',),
            },
        ),
        user="{[created_by.login, created_by.name][?@ && @ != ''] | [0]}",
        user_id='{created_by.id}',
        source_ip='{ip_address}',
        target_user="{[accessible_by.login, accessible_by.name, source.user_email, additional_details.shield_alert.user.email,\n  [source][?type == 'user'].login | [0]][?@ && @ != ''] | [0]}",
        target='{[source.item_name, source.name, source.file_name, source.folder_name, source.group_name, source.login][?@] | [0]}',
        role='{[additional_details.role][?@] | [0]}',
        session='{session_id}',
        extra={
            'item_type': '{[source.item_type, source.type][?@] | [0]}',
            'item': '{[source.item_id, source.id, source.file_id, source.folder_id][?@] | [0]}',
            'folder': '{source.parent.name}',
            'service': '{additional_details.service_name}',
            'size': '{[additional_details.size][?@] | [0]}',
            'rule': '{additional_details.shield_alert.rule_name}',
            'owner': '{source.owned_by.login}',
        },
    ),
    vendor=Vendor(
        docs='https://developer.box.com/reference/get-events',
        credential='an app with Manage enterprise properties; an administrator authorizes it',
        lateness='minutes as a rule; no bound',
        limit="1,000 requests a minute for the app's service account, shared with nobody else",
    ),
)
