"""The definition of meraki, as the generator validated it."""

from lambdas.auth import body_token
from lambdas.model import Auth, Source, Webhook
from lambdas.model_deployment import Vendor
from lambdas.model_events import Events
from lambdas.model_facts import Choice, Facts

SOURCE = Source(
    name='meraki',
    description='Cisco Meraki alerts of networks, devices and settings',
    webhook=Webhook(auth=Auth(type=body_token, settings=body_token.Settings(field='sharedSecret'))),
    events=Events(
        mask=('alertData.imageUrl',),
        require=('alertType', 'occurredAt',),
        id="[alertId][?@ && @ != '' && @ != '0000000000000000'] | [0]",
        type='alertTypeId || alertType',
        time='occurredAt',
    ),
    facts=Facts(
        summary="meraki: {join(' ', [\n  join(': ', [\n    alertType,\n    join(', ', [\n      [deviceName, deviceSerial][?@ && @ != ''] | [0],\n      alertData.changes && join(' and ', alertData.changes.*.join(' ', [label, newText][?@ && @ != '']) | [:3]),\n      [alertData.name, alertData.ssidName, alertData.ssid, alertData.peerNetworkName, alertData.portDesc,\n        alertData.pccName, alertData.userEmail, alertData.clientName, alertData.failingNodes\n        ][?@ && type(@) == 'string' && @ != ''] | [0],\n      [alertData.description, alertData.status][?@ && type(@) == 'string'] | [0],\n      [alertData.ip, alertData.conflictingIp, alertData.srvIp][?@] | [0],\n      [alertData.mac, alertData.eth, alertData.wifiMac, alertData.contendingMac][?@] | [0],\n      alertData.connectivity && join(' ', ['connectivity', to_string(alertData.connectivity)]),\n      alertData.sha256\n    ][?@])\n  ][?@ && @ != '']),\n  'in', networkName || organizationName || organizationId || '-',\n  (alertData.changes || `{}`).*.changedBy | [?@] | [0] | @ && join(' ', ['by', @])\n][?@])}",
        severity=Choice(
            of="{alertTypeId == 'amp_malware_detected' && 'ERROR' || contains(['amp_malware_blocked', 'foreign_ap', 'rogue_ap', 'rogue_ap_association', 'rogue_dhcp', 'dhcp_alerts',\n  'pcc_security_violation', 'pcc_unmanaged'], alertTypeId) && 'WARNING'\n|| contains(['settings_changed', 'new_splash_signup', 'pcc_sw_found', 'pcc_enrollment'], alertTypeId) && 'NOTICE' || alertLevel || 'INFO'}",
            words={},
        ),
        kind=Choice(
            of='{alertTypeId}',
            words={
                'detection.create': (
                    'amp_malware_*', 'foreign_ap', 'rogue_*', 'dhcp_alerts', 'pcc_security_violation', 'pcc_unmanaged',
                    'pcc_sw_found', 'geofencing_out', 'ip_conflict', 'uplink_ip6_conflict',
                ),
                'detection.close': ('pcc_security_compliance', 'geofencing_in',),
                'configuration.change': ('settings_changed',),
                'account.create': ('new_splash_signup', 'pcc_enrollment',),
                'other': ('*',),
            },
        ),
        user='{(alertData.changes || `{}`).*.changedBy | [?@] | [0]}',
        user_id='{alertData.userId}',
        source_ip='{alertData.ip || alertData.conflictingIp}',
        target_user='{alertData.userEmail}',
        target="{[deviceName, deviceSerial, networkName][?@ && @ != ''] | [0]}",
        organization='{organizationName || organizationId}',
        url='{networkUrl}',
        extra={
            'network_name': '{networkName}',
            'serial': '{deviceSerial}',
            'model': '{deviceModel}',
            'mac': '{alertData.mac || alertData.eth || alertData.wifiMac}',
            'ssid': '{alertData.ssidName || alertData.ssid}',
            'sha256': '{alertData.sha256}',
            'level': '{alertLevel}',
        },
    ),
    vendor=Vendor(docs='https://developer.cisco.com/meraki/webhooks/', secret='chosen'),
)
