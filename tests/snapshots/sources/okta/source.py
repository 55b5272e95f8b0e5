"""The definition of okta, as the generator validated it."""

from lambdas.auth import token
from lambdas.model import Auth, Challenge, Reply, Source, Webhook
from lambdas.model_deployment import Vendor
from lambdas.model_events import Events
from lambdas.model_facts import Choice, Facts, Mozdef

SOURCE = Source(
    name='okta',
    description='Okta event hooks',
    webhook=Webhook(
        auth=Auth(type=token, settings=token.Settings(header='Authorization')),
        challenges=(
            Challenge(
                when="header('x-okta-verification-challenge')",
                reply=Reply(json={'verification': "{header('x-okta-verification-challenge')}"}),
                method='GET',
            ),
        ),
        answer=Reply(status=204),
    ),
    events=Events(split='data.events', require=('uuid', 'eventType',), id='uuid', type='eventType', time='published'),
    facts=Facts(
        summary="okta: {join(': ', [\n  join(' ', [\n    eventType,\n    [actor.alternateId, actor.displayName][?@ && @ != 'unknown'] | [:1].join(' ', ['by', @]) | [0],\n    [debugContext.debugData.privilegeGranted, debugContext.debugData.privilegeRevoked][?@] | [:1].join(' ', ['of', @]) | [0],\n    [join(', ', (target[].[type == 'User' && alternateId || displayName][] | [?@ && @ != 'unknown']) || `[]`)][?@].join(' ', ['on', @]) | [0]\n  ][?@]),\n  join(' ', [outcome.result, outcome.reason][?@])\n][?@])}",
        severity=Choice(
            of="{contains(['WARN', 'ERROR'], severity) && severity\n  || contains([\n    'app.oauth2.as.token.detect_reuse', 'app.oauth2.token.detect_reuse', 'policy.auth_reevaluate.fail',\n    'security.attack.start', 'security.breached_credential.detected', 'security.threat.detected',\n    'system.api_token.request_outside_allowed_range',\n    'system.oauth2.token.request_outside_allowed_range', 'user.account.report_suspicious_activity_by_enduser',\n    'user.mfa.attempt_bypass', 'user.risk.detect'], eventType) && 'WARNING'\n  || outcome.reason == 'FastPass declined phishing attempt' && 'WARNING'\n  || contains(['FAILURE', 'DENY', 'UNANSWERED', 'ABANDONED'], outcome.result) && 'NOTICE'\n  || eventType}",
            words={
                'NOTICE': (
                    'application.user_membership.show_password', 'analytics.reports.export.*',
                    'app.oauth2.client.lifecycle.create', 'app.oauth2.as.authorize.scope_denied',
                    'device.desktop_mfa.recovery_pin.generate', 'device.platform.secret_key.reset', 'oauth2.as.*',
                    'oauth2.scope.*', 'pam.secret.reveal', 'pam.security_policy.*', 'security.*_blacklist',
                    'security.*_blacklist_policy', 'security.events.provider.receive_event', 'security.request.blocked',
                    'support.org.view', 'system.agent.*.config_change_detected', 'system.agent.*.reset_user_password',
                    'system.client.*rate_limit.violation', 'system.directory.debugger.query_executed',
                    'system.feature.*',
                ),
                'INFO': ('iam.role.subscriptions.update', 'application.policy.sign_on.*.deny_access',),
                'WARNING': (
                    'iam.*', 'system.idp.*', 'system.log_stream.*', 'user.session.impersonation.*',
                    'application.policy.sign_on.*', '*.privilege.grant', '*.read_client_secret',
                    'app.interclient_mapping.create', 'app.keys.*', 'app.oauth2.admin.consent.grant',
                    'app.oauth2.as.key.rollover', 'app.oauth2.credentials.lifecycle.create',
                    'app.oauth2.trusted_server.add', 'app.office365.api.*.domain.federation.success',
                    'inline_hook.*ated', 'inline_hook.deleted', 'pam.apikey.create',
                    'security.device.temporarily_disable_blacklisting', 'security.session.detect_client_roaming',
                    'system.api_token.enable', 'system.directory.debugger.grant', 'event_hook.deactivated',
                    'event_hook.deleted', 'event_hook.updated', 'network_zone.rule.disabled',
                    'policy.lifecycle.deactivate', 'policy.lifecycle.delete', 'policy.lifecycle.update',
                    'policy.rule.add', 'policy.rule.deactivate', 'policy.rule.delete', 'policy.rule.update',
                    'security.attack_protection.settings.update', 'security.authenticator.lifecycle.deactivate',
                    'security.authenticator.lifecycle.update', 'security.behavior.settings.delete',
                    'security.behavior.settings.update', 'security.protected_action.settings.update',
                    'security.session_protection.status.update', 'security.threat.configuration.update',
                    'security.trusted_origin.activate', 'security.trusted_origin.create',
                    'security.trusted_origin.update', 'support.org.update', 'system.api_token.create',
                    'system.mfa.factor.deactivate', 'user.mfa.factor.deactivate', 'user.mfa.factor.reset_all',
                    'user.mfa.factor.suspend', 'zone.deactivate', 'zone.delete', 'zone.remove_blacklist', 'zone.update',
                ),
            },
        ),
        kind=Choice(
            of='{eventType}',
            words={
                'authentication.end': (
                    'user.session.clear', 'user.session.end', 'user.session.expire', 'user.session.impersonation.end',
                    'user.authentication.universal_logout*',
                ),
                'authentication.start': (
                    'user.session.start', 'user.session.access_admin_app', 'user.session.impersonation.*',
                    'user.authentication.*', 'app.oauth2.*token.grant*', 'policy.evaluate_sign_on',
                    'security.protected_action.attempt',
                ),
                'account.create': ('user.lifecycle.create', 'system.import.user.create*',),
                'account.enable': (
                    'user.lifecycle.activate', 'user.lifecycle.reactivate', 'user.lifecycle.unsuspend',
                    'user.account.unlock*',
                ),
                'account.disable': ('user.lifecycle.deactivate', 'user.lifecycle.suspend',),
                'account.delete': ('user.lifecycle.delete.*',),
                'account.lock': ('user.account.lock*',),
                'detection.create': (
                    'user.account.report_suspicious_activity_by_enduser', 'user.mfa.attempt_bypass', 'user.risk.detect',
                    'security.attack.start', 'security.breached_credential.detected', 'security.threat.detected',
                    'policy.auth_reevaluate.fail', '*.request_outside_allowed_range', 'app.oauth2.*token.detect_reuse',
                    'security.events.provider.receive_event', 'security.request.blocked',
                    'security.session.detect_client_roaming', 'system.client.*rate_limit.violation',
                ),
                'detection.change': ('user.risk.change', 'user.session.context.change',),
                'detection.close': ('security.attack.end',),
                'permission.grant': (
                    '*.privilege.grant', '*.consent.grant', 'app.access_request.grant', '*_membership.add',
                    '*_assignment.add', 'iam.resourceset.bindings.add', 'iam.role.permissions.add',
                    'system.directory.debugger.grant',
                ),
                'permission.revoke': (
                    '*.privilege.revoke', '*.consent.revoke*', '*_membership.remove', '*_assignment.remove',
                    'iam.resourceset.bindings.delete', 'iam.role.permissions.delete', 'system.directory.debugger.revoke',
                    'app.oauth2.*token.revoke*',
                ),
                'permission.change': (
                    'iam.*', '*_membership.update', '*_assignment.update', 'access.request.*', 'app.access_request.*',
                    'app.user_management*',
                ),
                'account.change': (
                    'user.*', 'application.user_membership.*', 'application.provision.user.*', 'device.user.*',
                    'device.desktop_mfa.recovery_pin.generate', 'device.platform.secret_key.reset',
                    'system.agent.*_user_password*',
                ),
                'data.read': ('analytics.reports.export.*', 'pam.secret.reveal', 'system.directory.debugger.query_executed',),
                'configuration.read': ('*.read_client_secret', 'support.org.view',),
                'configuration.create': ('*.create', '*.add', '*.register', '*.created',),
                'configuration.delete': ('*.delete', '*.delete_all', '*.remove', '*.deleted',),
                'configuration.change': (
                    '*.update', '*.activate', '*.deactivate', '*.suspend', '*.unsuspend', 'system.api_token.revoke',
                    'event_hook.*', 'policy.*', 'inline_hook.*ated', 'oauth2.*.updated', 'oauth2.*.deactivated',
                    'app.keys.*', 'app.oauth2.*key.rollover', 'app.office365.api.*.domain.federation.success',
                    'security.*_blacklist*', '*.enable', '*.disable', 'system.hook.key.updated',
                    'group.user_membership.rule.*', 'system.agent.*.config_change_detected',
                ),
                'other': ('*',),
            },
        ),
        outcome=Choice(
            of='{outcome.result}',
            words={'success': ('SUCCESS', 'ALLOW', 'CHALLENGE',), 'failure': ('FAILURE', 'DENY', 'UNANSWERED', 'ABANDONED',)},
        ),
        reason='{outcome.reason}',
        user="{[actor.alternateId, actor.displayName][?@ && @ != 'unknown'] | [0]}",
        user_id="{[actor.id][?@ != 'unknown'] | [0]}",
        source_ip='{client.ipAddress}',
        user_agent='{client.userAgent.rawUserAgent}',
        target_user="{target[?type == 'User'].alternateId | [?@ != 'unknown'] | [0]}",
        target="{(target[?type == 'PolicyRule'] || target[?!contains(['User', 'AppUser', 'AuthenticatorEnrollment'], type)]\n  || target[?type == 'AuthenticatorEnrollment'])[].[displayName, alternateId][] | [?@ && @ != 'unknown'] | [0]}",
        role='{debugContext.debugData.privilegeGranted || debugContext.debugData.privilegeRevoked}',
        session="{[authenticationContext.externalSessionId][?@ != 'unknown'] | [0]}",
        extra={
            'auth_provider': '{authenticationContext.authenticationProvider}',
            'credential_type': '{authenticationContext.credentialType}',
            'country': '{client.geographicalContext.country}',
            'city': '{client.geographicalContext.city}',
            'as_org': '{securityContext.asOrg}',
            'proxy': '{securityContext.isProxy}',
            'risk': '{debugContext.debugData.risk}',
            'threat_suspected': '{debugContext.debugData.threatSuspected}',
        },
    ),
    mozdef=Mozdef(
        category="{(starts_with(eventType, 'user.session.') || starts_with(eventType, 'user.authentication.')) && 'authentication'\n  || 'okta'}",
    ),
    vendor=Vendor(
        docs='https://developer.okta.com/docs/concepts/event-hooks/',
        deadline=3,
        retries='at most once, and never after a 4xx',
        secret='chosen',
    ),
)
