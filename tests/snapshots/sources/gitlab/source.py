"""The definition of gitlab, as the generator validated it."""

from lambdas.auth import any_of, hmac, token
from lambdas.model import Auth, Source, Webhook
from lambdas.model_deployment import Vendor
from lambdas.model_events import Events
from lambdas.model_facts import Choice, Facts
from lambdas.signatures.keys import KeyEncoding
from lambdas.signatures.signature_settings import MessageId, Signature, Timestamp

SOURCE = Source(
    name='gitlab',
    description='GitLab project, group and system hooks',
    webhook=Webhook(
        auth=Auth(
            type=any_of,
            settings=any_of.Settings(
                of=(
                    Auth(
                        type=hmac,
                        settings=hmac.Settings(
                            signature=Signature(header=('webhook-signature',), prefix='v1,', encoding='base64', split=' '),
                            timestamp=Timestamp(header='webhook-timestamp'),
                            id=MessageId(header='webhook-id'),
                            signed='{id}.{timestamp}.{body}',
                            key=KeyEncoding(encoding='base64', strip='whsec_'),
                        ),
                    ),
                    Auth(type=token, settings=token.Settings(header='X-Gitlab-Token')),
                ),
            ),
        ),
    ),
    events=Events(
        mask=('object_attributes.variables[].value', 'push_options',),
        require=('event_name || object_kind',),
        id="header('idempotency-key')",
        type="join('.', [event_name || object_kind,\n  object_attributes.action || action || object_attributes.state || object_attributes.status || build_status\n  || status || object_attributes.active && 'active'\n  || after && starts_with(after, '000000000000') && 'delete'][?@])",
    ),
    facts=Facts(
        summary="gitlab: {join(' by ', [\n  join('.', [event_name || object_kind,\n    object_attributes.action || action || object_attributes.state || object_attributes.status || build_status\n    || status || object_attributes.active && 'active'\n    || after && starts_with(after, '000000000000') && 'delete'][?@]),\n  (approver || user).username || (approver || user).name || project && (user_username || user_name)\n  || (reviewed_by_user_id || requested_by_user_id)\n       && join(' ', ['user', to_string(reviewed_by_user_id || requested_by_user_id)])\n][?@])}: {join(' in ', [\n  join(' as ', [join(', formerly ', [\n    path_with_namespace || full_path || build_name || environment || tag && name\n    || remove_prefix(remove_prefix(ref, 'refs/heads/'), 'refs/tags/')\n    || refs && join(', ', refs[].remove_prefix(remove_prefix(@, 'refs/heads/'), 'refs/tags/'))\n    || key && join(' of ', ['SSH key', username][?@])\n    || object_kind == 'emoji' && join(' on ', [object_attributes.name,\n         (issue || merge_request || snippet).title || commit.title || note.noteable_type][?@])\n    || object_attributes.title || object_attributes.name || object_attributes.ref\n    || (issue || merge_request || snippet).title || commit.title || commit.message\n    || user_username || username || path || user_id && join(' ', ['user', to_string(user_id)]),\n    old_path_with_namespace || old_full_path || old_path || old_username\n  ][?@]), group_access || access_level][?@]),\n  project.path_with_namespace || group.full_path || group.group_path || group_path || project_path_with_namespace\n  || project_name || object_attributes.url\n][?@])}",
        severity=Choice(
            of="{object_kind == 'vulnerability' && (\n  contains(['detected', 'confirmed'], object_attributes.state) && object_attributes.severity\n  || object_attributes.state == 'dismissed' && 'NOTICE' || 'INFO')\n|| object_attributes.type == 'Incident' && object_attributes.action == 'open' && object_attributes.severity || (contains(['group_destroy', 'project_destroy', 'project_transfer', 'subgroup_destroy', 'user_failed_login'],\n      event_name)\n    || contains(['project_create', 'project_update'], event_name) && project_visibility == 'public'\n    || contains(['user_add_to_group', 'user_add_to_team', 'user_update_for_group', 'user_update_for_team'],\n         event_name) && contains(['Owner', 'Maintainer'], group_access || access_level)\n    || after && starts_with(after, '000000000000')\n    || changes[?after && starts_with(after, '000000000000')]) && 'WARNING'\n|| (contains(['expiring_access_token', 'expiring_deploy_token', 'group_rename', 'key_create', 'key_destroy',\n      'project_rename', 'user_destroy', 'user_remove_from_group', 'user_remove_from_team', 'user_rename'],\n      event_name)\n    || starts_with(not_null(object_kind, ''), 'gitlab_subscription_member')\n    || contains(['canceled', 'failed', 'rejected'], object_attributes.status || build_status || status)) && 'NOTICE'\n|| 'INFO'}",
            words={},
        ),
        kind=Choice(
            of="{join('.', [event_name || object_kind, object_attributes.action || action || object_attributes.state\n  || after && starts_with(after, '000000000000') && 'delete'][?@])}",
            words={
                'authentication.start': ('user_failed_login',),
                'account.create': ('user_create',),
                'account.delete': ('user_destroy',),
                'account.change': ('user_rename', 'key_create', 'key_destroy',),
                'permission.grant': ('user_add_to_*', 'gitlab_subscription_member_approvals.approve',),
                'permission.revoke': ('user_remove_from_*',),
                'permission.change': ('user_update_for_*',),
                'detection.create': ('vulnerability.detected',),
                'detection.change': ('vulnerability.confirmed',),
                'detection.close': ('vulnerability.resolved', 'vulnerability.dismissed',),
                'configuration.create': ('group_create', 'subgroup_create',),
                'configuration.delete': ('group_destroy', 'subgroup_destroy',),
                'configuration.change': ('group_*', 'project_rename', 'project_transfer', 'project_update', 'feature_flag*',),
                'data.create': ('project_create', '*.open', '*.opened', '*.create', '*.award',),
                'data.delete': ('project_destroy', '*.delete', '*.revoke',),
                'data.change': (
                    'push', 'tag_push', 'repository_update', 'issue*', 'work_item*', 'merge_request*', 'milestone*',
                    'note*', 'release*', 'wiki_page*',
                ),
                'other': ('*',),
            },
        ),
        outcome=Choice(
            of="{event_name == 'user_failed_login' && 'failed' || object_attributes.status || build_status || status}",
            words={'success': ('success', 'approved',), 'failure': ('failed', 'canceled', 'rejected',)},
        ),
        reason="{build_status == 'failed' && build_failure_reason || approval.comment || event_name == 'user_failed_login' && state || ''}",
        user="{(approver || user).username || (approver || user).name || project && (user_username || user_name) || event_name == 'user_failed_login' && username || ''}",
        user_id="{(approver || user).id || project && user_id || reviewed_by_user_id || requested_by_user_id || event_name == 'user_failed_login' && user_id || ''}",
        target_user="{!project && event_name != 'user_failed_login' && (user_username || username || user_name) || ''}",
        target="{path_with_namespace || full_path || group_path || project_path_with_namespace || group_id && path || contains(['push', 'tag_push', 'repository_update'], event_name || object_kind) && project.path_with_namespace || build_name || environment || object_attributes.title || object_attributes.name || object_attributes.ref || (issue || merge_request || snippet).title || tag && name || commit.title || ''}",
        role='{group_access || access_level}',
        url='{object_attributes.url || object_attributes.awarded_on_url || url || project.web_url}',
        extra={
            'gitlab_instance': "{header('x-gitlab-instance')}",
            'project': '{project.path_with_namespace || project_path_with_namespace || path_with_namespace}',
            'ref': '{ref || object_attributes.ref}',
            'ref_protected': '{ref_protected}',
            'visibility': '{project_visibility}',
            'formerly': '{old_path_with_namespace || old_full_path || old_username}',
            'expires_at': '{expires_at || object_attributes.expires_at}',
        },
    ),
    vendor=Vendor(
        docs='https://docs.gitlab.com/user/project/integrations/webhooks/',
        deadline=10,
        retries='none that we know of; after 4 failures in a row the hook pauses, after 40 it is disabled',
        secret='issued',
    ),
)
