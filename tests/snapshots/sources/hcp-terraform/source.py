"""The definition of hcp-terraform, as the generator validated it."""

from lambdas.auth import hmac
from lambdas.model import Auth, Challenge, Reply, Source, Webhook
from lambdas.model_deployment import Vendor
from lambdas.model_events import Events
from lambdas.model_facts import Choice, Facts
from lambdas.signatures.signature_settings import Signature

SOURCE = Source(
    name='hcp-terraform',
    description='HCP Terraform and Terraform Enterprise runs, drift, failed checks and deleted workspaces',
    webhook=Webhook(
        auth=Auth(
            type=hmac,
            settings=hmac.Settings(signature=Signature(header=('X-TFE-Notification-Signature',)), algorithm='sha512'),
        ),
        challenges=(Challenge(when="notifications[0].trigger == 'verification'", reply=Reply()),),
    ),
    events=Events(
        require=('notifications[0].trigger || trigger || change_request_url',),
        type="notifications[0].trigger || trigger || change_request_url && 'team:change_request'",
        time='notifications[0].run_updated_at || details.new_assessment_result.created_at || details.run_created_at || change_request_created_at',
        time_optional=True,
    ),
    facts=Facts(
        summary="terraform: {join(' by ', [\n  notifications[0].trigger || trigger || 'team:change_request',\n  notifications[0].run_updated_by || run_created_by || change_request_created_by\n][?@])}: {join('/', [organization_name || details.organization_name, workspace_name || details.workspace_name][?@])}{\n  join(', ', [\n    notifications[0] && join(', ', notifications[].message) || message || change_request_subject,\n    run_message,\n    notifications[0].run_status && join(' ', ['now', notifications[-1].run_status]),\n    details.new_assessment_result.drifted\n      && join(' ', [to_string(details.new_assessment_result.resources_drifted), 'resources drifted']),\n    details.new_assessment_result.all_checks_succeeded == `false`\n      && join(' ', [to_string(details.new_assessment_result.checks_failed), 'checks failed']),\n    details.auto_destroy_at && join(' ', ['at', details.auto_destroy_at]),\n    details.run_status, details.run_create_error_message\n  ][?@]) | @ && join(': ', ['', @])}",
        severity=Choice(
            of="{join(' ', [notifications[0].trigger || trigger || 'team:change_request',\n  notifications[-1].run_status || details.run_status || '-'])}",
            words={
                'WARNING': ('assessment:drifted *', 'assessment:check_failure *', 'workspace:deleted *', '* policy_override',),
                'NOTICE': (
                    'run:errored *', 'run:applying *', 'assessment:failed *', 'workspace:auto_destroy_*',
                    '* policy_soft_failed',
                ),
            },
        ),
        kind=Choice(
            of="{notifications[0].trigger || trigger || 'team:change_request'}",
            words={
                'detection.create': ('assessment:drifted', 'assessment:check_failure',),
                'configuration.change': ('run:applying', 'run:completed',),
                'configuration.delete': ('workspace:deleted', 'workspace:auto_destroy_*results',),
                'other': ('*',),
            },
        ),
        outcome=Choice(
            of="{join(' ', [notifications[0].trigger || trigger || '-', notifications[-1].run_status || details.run_status || '-',\n  details.run_create_error_message && 'not made' || '-'])}",
            words={
                'success': ('run:completed *', 'workspace:auto_destroy_*results applied *',),
                'failure': ('run:errored *', 'assessment:failed *', 'workspace:auto_destroy_*results errored *', '* not made',),
            },
        ),
        reason="{[details.run_create_error_message, notifications[0].trigger == 'run:errored' && notifications[0].message] | [?@] | [0]}",
        user='{notifications[0].run_updated_by || run_created_by || change_request_created_by}',
        target='{workspace_name || details.workspace_name}',
        organization='{organization_name || details.organization_name}',
        session='{run_id || details.run_external_id}',
        url='{run_url || change_request_url}',
        extra={
            'status': '{notifications[-1].run_status || details.run_status}',
            'run_message': '{run_message}',
            'run_creator': '{run_created_by}',
            'workspace': '{workspace_id || details.workspace_id}',
            'drifted': '{details.new_assessment_result.resources_drifted}',
            'checks_failed': '{details.new_assessment_result.checks_failed}',
            'notification': '{notification_configuration_id}',
            'change_request': '{change_request_message}',
        },
    ),
    vendor=Vendor(
        docs='https://developer.hashicorp.com/terraform/cloud-docs/api-docs/notification-configurations',
        secret='chosen',
    ),
)
