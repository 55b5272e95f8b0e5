"""The definition of zoom, as the generator validated it."""

from lambdas.auth import hmac
from lambdas.model import Auth, Challenge, Reply, Source, Webhook
from lambdas.model_deployment import Vendor
from lambdas.model_events import Events
from lambdas.model_facts import Choice, Facts, Mozdef
from lambdas.signatures.signature_settings import Signature, Timestamp

SOURCE = Source(
    name='zoom',
    description='Zoom account, user, meeting and recording events',
    webhook=Webhook(
        auth=Auth(
            type=hmac,
            settings=hmac.Settings(
                signature=Signature(header=('x-zm-signature',), prefix='v0='),
                timestamp=Timestamp(header='x-zm-request-timestamp'),
                signed='v0:{timestamp}:{body}',
            ),
        ),
        challenges=(
            Challenge(
                when="event == 'endpoint.url_validation'",
                reply=Reply(json={'plainToken': '{payload.plainToken}', 'encryptedToken': '{hmac_hex(payload.plainToken)}'}),
                unauthenticated=True,
            ),
        ),
    ),
    events=Events(
        mask=(
            'callback_token', 'download_token', 'payload.download_token', 'payload.object.archive_files[].download_url',
            'payload.object.armn_details.meeting_url', 'payload.object.attachments[].download_url',
            'payload.object.chat_message_file.download_url', 'payload.object.download_url', 'payload.object.host_key',
            'payload.object.join_url', 'payload.object.manage_url',
            'payload.object.live_streaming.custom_live_streaming_settings.stream_key',
            'payload.object.participant.sharing_details.file_link',
            'payload.object.participant_audio_files[].download_url', 'payload.object.participant_audio_files[].play_url',
            'payload.object.participant_video_files[].download_url', 'payload.object.password',
            'payload.object.provision.sip_accounts[].password', 'payload.object.recording_files[].download_url',
            'payload.object.recording_files[].play_url', 'payload.object.recording_play_passcode',
            'payload.object.recordings[].download_url', 'payload.object.recordings[].transcript_download_url',
            'payload.object.registrant.join_url', 'payload.object.registrant.participant_pin_code',
            'payload.object.scheduled_event.external_location.meeting_join_url',
            'payload.object.scheduled_event.external_location.meeting_passcode', 'payload.object.session_pin',
            'payload.object.settings.chat.send_data_to_third_party_archiving_service.authorized_channel_token',
            'payload.object.settings.chat.send_data_to_third_party_archiving_service.passcode',
            'payload.object.settings.schedule_meeting.pmi_password', 'payload.object.share_url',
            'payload.object.start_url', 'payload.object.stream_ingestion.stream_key',
            'payload.object.tsp_credentials.conference_code', 'payload.object.tsp_credentials.leader_pin',
            'payload.old_object.host_key', 'payload.old_object.join_url', 'payload.old_object.password',
            'payload.old_object.settings.chat.send_data_to_third_party_archiving_service.authorized_channel_token',
            'payload.old_object.settings.chat.send_data_to_third_party_archiving_service.passcode',
            'payload.old_object.settings.schedule_meeting.pmi_password', 'payload.old_object.share_url',
            'payload.old_object.start_url', 'response_url',
        ),
        require=(
            'event', 'payload', 'keys(payload)', 'keys(not_null(payload.object, `{}`))',
            'keys(not_null(payload.old_object, `{}`))', 'keys(not_null(payload.object.participant, `{}`))',
            'keys(not_null(payload.object.recording_file, `{}`))',
            'length(not_null(payload.object.recording_files, `[]`))',
        ),
        type='event',
        time='event_ts',
        time_format='unix_ms',
    ),
    facts=Facts(
        summary="zoom: {join(': ', [\n  join(' ', [\n    event,\n    [\n      payload.operator\n        || (payload.object.not_null(\n            participant, user, registrant, requester, sender, caller, test_result, chat_message, chat_message_file)\n          .[sender_email, sender_name, email, user_email, user_name, invitee_name, name, display_name, phone_number]\n          [?@] | [0])\n        || (payload.object.[\n          email, host_email, meeting_host_email, inviter_name, caller_name, caller_number, invitee_email, user_name\n        ][?@] | [0])\n        || payload.object.owner.name\n        || (payload.object.[call_logs, recordings][][].[caller_name, caller_number, owner.name][] | [?@] | [0])\n        || payload.userName || payload.object.host_id || payload.object.user_id || payload.user_id\n    ][?type(@) == 'string'].join(' ', ['by', @]) | [0]\n  ][?@]),\n  join(' ', [\n    payload.operator && (payload.object.email || payload.object.owner_email\n      || starts_with(event, 'user.') && payload.object.id),\n    (payload.object.[\n      topic, meeting_topic, name, channel_name, room_name, policy_name, account_name, vanity_url, session_name,\n      space_name, device_name, whiteboard_name, workspace_name, playlist_name, title, visitor_name, zone,\n      new_policy.policy_name, join(' on ', [service.name, server.name][?@ && type(@) == 'string'])\n    ][?@] | [0]) || payload.object.channel.channel_name || payload.object.new_settings.name,\n    payload.app_name || payload.name,\n    join(', ', (payload.object.[\n      admins, members, collaborators, share_with_users, invitee, to_members, chat_message_file, file, files\n    ][][].not_null(email, user_email, display_name, file_name, id)) || `[]`),\n    payload.object.role && join(' ', [\n      'role', join(' to ', [payload.old_object.role, payload.object.role][?@ && type(@) == 'string'])]),\n    payload.object.participant.new_role && join(' ', ['role', payload.object.participant.new_role]),\n    contains(['account.updated', 'user.updated'], event)\n      && join(', ', keys(payload.object)[?@ != 'id' && @ != 'role']),\n    ends_with(event, 'settings_updated') && (\n      !starts_with(event, 'phone.') && join(', ', payload.object.settings.* | [?type(@) == 'object'].keys(@)[])\n      || join(', ', keys(payload.object.settings))),\n    payload.object.issue,\n    payload.object.armn_details.post_platform,\n    (payload.object.chat_message.[recipient_email, recipient_name][?@] | [0])\n      || payload.object.contact_email\n      || (payload.object.callee.[name, display_name, phone_number][?@] | [0])\n      || payload.object.participant.phone_number || payload.object.transfer_phone_number,\n    payload.object.callee_name || payload.object.callee_number\n      || (payload.object.[call_logs, recordings][][].[callee_name, callee_number][] | [?@] | [0])\n  ][?@ && type(@) == 'string'])\n][?@])}",
        severity=Choice(
            of="{event == 'user.updated' && payload.object.role && 'WARNING' || event}",
            words={
                'WARNING': (
                    'account.disassociated', 'account.lock_settings_updated', 'account.settings_updated',
                    'group.admin_added', 'group.lock_settings_updated', 'group.settings_updated',
                    'information_barriers.policy_deleted', 'information_barriers.policy_updated', 'meeting.risk_alert',
                    'phone.account_settings_updated', 'phone.emergency_alert', 'phone.group_settings_updated',
                ),
                'NOTICE': (
                    'account.created', 'account.updated', 'app.authorization_request_created', 'app_deauthorized',
                    'group.admin_deleted', 'group.deleted', 'information_barriers.policy_created', 'meeting.alert',
                    'meeting.live_streaming_started', 'meeting.permanently_deleted', 'meeting.summary_shared',
                    'node.*_alert', 'node.*_deleted', 'node.*_failed', 'node.server_offline',
                    'node.service_abnormal_status', 'recording.batch_deleted', 'recording.batch_trashed',
                    'recording.deleted', 'recording.trashed', 'user.deactivated', 'user.deleted', 'user.disassociated',
                    'user.settings_updated', 'session.alert', 'webinar.alert', 'webinar.permanently_deleted',
                    'whiteboard.deleted', 'whiteboard.share_setting_updated', 'whiteboard.share_settings_updated',
                    'zoomroom.alert', 'zoomroom.delayed_alert',
                ),
            },
        ),
        kind=Choice(
            of="{event} {payload.object.role && 'role' || '-'}",
            words={
                'authentication.start': ('user.signed_in *',),
                'authentication.end': ('user.signed_out *',),
                'account.create': ('user.created *', 'user.invitation_accepted *',),
                'account.enable': ('user.activated *',),
                'account.disable': ('user.deactivated *', 'user.disassociated *',),
                'account.delete': ('user.deleted *',),
                'permission.change': ('user.updated role',),
                'account.change': ('user.*',),
                'permission.grant': (
                    'group.admin_added *', 'group.member*_added *', '*.member_joined *', '*.member_invited *',
                    '*.registration_approved *', 'meeting.summary_shared *', 'team_chat.*_invitation_accepted *',
                    'team_chat.*_join_approved *', 'team_chat.file_shared *', 'team_chat.channel_app_added *',
                    '*.participant_admitted *',
                ),
                'permission.revoke': (
                    'group.admin_deleted *', 'group.member*_deleted *', '*.member_left *', '*.member_removed *',
                    '*.registration_denied *', '*.registration_cancelled *', 'app_deauthorized *',
                    'team_chat.file_unshared *', 'team_chat.channel_app_removed *',
                ),
                'detection.create': ('*.risk_alert *', '*alert *',),
                'configuration.create': ('account.created *', 'group.created *', '*.policy_created *',),
                'configuration.delete': ('account.disassociated *', 'group.deleted *', '*.policy_deleted *',),
                'configuration.change': ('account.*', 'group.*', '*settings_updated *', '*.policy_updated *',),
                'data.delete': ('*deleted *', '*trashed *', '*removed *',),
                'data.create': (
                    '*created *', '*completed *', '*sent *', '*posted *', '*received *', '*replied *', '*uploaded *',
                    '*added *',
                ),
                'data.change': ('*updated *', '*recovered *', '*renamed *', '*edited *',),
                'data.read': ('*downloaded *',),
                'other': ('*',),
            },
        ),
        user='{[payload.operator\n  || (payload.object.not_null(\n      participant, user, registrant, requester, sender, caller, test_result, chat_message, chat_message_file)\n    .[sender_email, sender_name, email, user_email, user_name, invitee_name, name, display_name, phone_number]\n    [?@] | [0])\n  || (payload.object.[\n    email, host_email, meeting_host_email, inviter_name, caller_name, caller_number, invitee_email, user_name\n  ][?@] | [0])\n  || payload.object.owner.name\n  || (payload.object.[call_logs, recordings][][].[caller_name, caller_number, owner.name][] | [?@] | [0])\n] | [0]}',
        user_id="{payload.operator_id || payload.object.participant.participant_user_id || payload.object.participant.id\n  || payload.object.host_id || starts_with(event, 'user.') && payload.object.id || ''}",
        target_user="{payload.operator && (payload.object.email || payload.object.owner_email\n  || (payload.object.[admins, members][] | [?@] | [0].[email, display_name] | [?@] | [0])) || ''}",
        target='{payload.object.[\n  topic, meeting_topic, name, channel_name, room_name, policy_name, account_name, vanity_url, session_name,\n  whiteboard_name, workspace_name, playlist_name, title, new_policy.policy_name, server.name\n] | [?@] | [0]}',
        role='{payload.object.role || payload.object.participant.new_role}',
        organization='{payload.account_id}',
        extra={
            'meeting': '{payload.object.uuid || payload.object.meeting_uuid}',
            'client': '{payload.object.client_type}',
            'operation': '{payload.operation || payload.creation_type}',
        },
    ),
    mozdef=Mozdef(hostname='zoom_host', whole=True),
    vendor=Vendor(
        docs='https://developers.zoom.us/docs/api/webhooks/',
        deadline=3,
        retries='3 times: after 5, 25 and 85 minutes; after anything but 200 or 204',
        secret='issued',
    ),
)
