"""Cloudflare's notifications: each type of alert, of which `data` has the fields that Cloudflare documents for some.

https://developers.cloudflare.com/notifications/reference/webhook-payload-schema/
"""

from __future__ import annotations

from typing import Any

import pytest

from tests.shipped_messages import facts_of

START, END = "ALERT_STATE_EVENT_START", "ALERT_STATE_EVENT_END"
# https://developers.cloudflare.com/api/resources/alerting/subresources/policies/
ERRORS = """advanced_ddos_attack_l4_alert advanced_ddos_attack_l7_alert dos_attack_l4 dos_attack_l7 fbm_dosd_attack
    fbm_volumetric_attack bgp_hijack_notification scriptmonitor_alert_new_malicious_hosts
    scriptmonitor_alert_new_malicious_scripts scriptmonitor_alert_new_malicious_url"""
DETECTIONS = """block_notification_new_block bot_traffic_basic_alert brand_protection_alert clickhouse_alert_fw_anomaly
    clickhouse_alert_fw_ent_anomaly custom_bot_detection_alert device_connectivity_anomaly_alert logo_match_alert
    scriptmonitor_alert_new_code_change_detections scriptmonitor_alert_new_hosts scriptmonitor_alert_new_resources
    security_insights_alert traffic_anomalies_alert open_port_scan_alert"""
CHANGES = "fbm_auto_advertisement load_balancing_pool_enablement_alert tunnel_update_event"
WARNINGS = """access_custom_certificate_expiration_type advanced_http_alert_error custom_ssl_certificate_event_type
    dedicated_ssl_certificate_event_type expiring_service_token_alert failing_logpush_job_disabled_alert
    health_check_status_notification http_alert_edge_error http_alert_origin_error incident_alert
    load_balancing_health_alert magic_tunnel_health_check_event mtls_certificate_store_certificate_expiration_type
    real_origin_monitoring secondary_dns_all_primaries_failing sentinel_alert tunnel_health_event
    universal_ssl_event_type zone_aop_custom_certificate_expiration_type a_type_that_comes_later"""
NOTICES = """billing_usage_alert block_notification_block_removed maintenance_event_notification pages_event_alert
    radar_notification secondary_dns_zone_successfully_updated stream_live_notifications web_analytics_metrics_update"""
TYPES = [
    *((alert_type, "ERROR", "detection.create") for alert_type in ERRORS.split()),
    *((alert_type, "WARNING", "detection.create") for alert_type in DETECTIONS.split()),
    *((alert_type, "WARNING", "configuration.change") for alert_type in CHANGES.split()),
    *((alert_type, "WARNING", "other") for alert_type in WARNINGS.split()),
    *((alert_type, "INFO", "other") for alert_type in NOTICES.split()),
]


def alert(alert_type: str, event: str = START, **data: Any) -> dict[str, Any]:
    ids = {"account_id": "0123", "policy_id": "749b", "alert_correlation_id": "8a3c"}
    names = {"name": "Security alerts", "policy_name": "Security alerts", "text": "Something happened."}
    data = {"account_name": "Example account", **data}
    return {"alert_type": alert_type, "alert_event": event, "data": data, "ts": 1772442000, **ids, **names}


@pytest.mark.parametrize(("alert_type", "severity", "kind"), TYPES)
def test_alert_of_a_type(alert_type: str, severity: str, kind: str) -> None:
    expected = {
        "summary": f"cloudflare: {alert_type} on example.com: Something happened.",
        "severity": severity,
        "kind": kind,
        "organization": "Example account",
        "session": "8a3c",
        "policy": "Security alerts",
        "zone": "example.com",
    }
    assert facts_of("cloudflare", alert(alert_type, zone_name="example.com"), expected) == expected
    ended = {"severity": "INFO", "kind": "detection.close"}
    assert facts_of("cloudflare", alert(alert_type, END, zone_name="example.com"), ended) == ended


@pytest.mark.parametrize(
    ("body", "target", "severity"),
    [
        (
            alert("dos_attack_l7", target_hostname="shop.example.com", zone_name="example.com"),
            "shop.example.com",
            "ERROR",
        ),
        (alert("dos_attack_l4", target_ip="203.0.113.7"), "203.0.113.7", "ERROR"),
        (alert("health_check_status_notification", health_check_name="sign-in"), "sign-in", "WARNING"),
        (alert("health_check_status_notification", health_check_name="a", new_health_status="Healthy"), "a", "INFO"),
        (alert("tunnel_health_event", tunnel_name="office", new_status="TUNNEL_STATUS_TYPE_DOWN"), "office", "WARNING"),
        (alert("tunnel_health_event", tunnel_name="office", new_status="TUNNEL_STATUS_TYPE_HEALTHY"), "office", "INFO"),
        (alert("load_balancing_health_alert", pool_name="eu-origins", status="Unhealthy"), "eu-origins", "WARNING"),
        (alert("bgp_hijack_notification", prefix_hijacked="203.0.113.0/24"), "203.0.113.0/24", "ERROR"),
        (alert("universal_ssl_event_type", hostnames="a.example.com"), "a.example.com", "WARNING"),
    ],
)
def test_what_an_alert_is_about(body: dict[str, Any], target: str, severity: str) -> None:
    expected = {
        "summary": f"cloudflare: {body['alert_type']} on {target}: Something happened.",
        "target": target,
        "severity": severity,
    }
    assert facts_of("cloudflare", body, expected) == expected


def test_incident_of_cloudflare_itself() -> None:
    expected = {"summary": "cloudflare: incident_alert on Example account: Something happened.", "severity": "WARNING"}
    assert (
        facts_of("cloudflare", alert("incident_alert", incident_impact="INCIDENT_IMPACT_MAJOR"), expected) == expected
    )
    resolved = {"severity": "INFO", "state": "INCIDENT_STATUS_RESOLVED"}
    assert (
        facts_of("cloudflare", alert("incident_alert", incident_status="INCIDENT_STATUS_RESOLVED"), resolved)
        == resolved
    )


def test_attack_has_what_cloudflare_says_of_it() -> None:
    body = alert(
        "advanced_ddos_attack_l4_alert",
        target_ip="203.0.113.7",
        attack_vector="UDP flood",
        max_rate="3 Gbps",
        mitigation="Dropped",
        rule_description="UDP to a closed port",
        dashboard_link="https://dash.cloudflare.com/0123/network-analytics",
    )
    expected = {
        "destinationipaddress": "203.0.113.7",
        "attack": "UDP flood",
        "rate": "3 Gbps",
        "mitigation": "Dropped",
        "rule": "UDP to a closed port",
        "url": "https://dash.cloudflare.com/0123/network-analytics",
    }
    assert facts_of("cloudflare", body, expected) == expected


@pytest.mark.parametrize("data", [{}, {"data": {}}, {"data": None}, {"data": {"zone_name": 5}}])
def test_notification_without_a_type_has_its_name(data: dict[str, Any]) -> None:
    body = {"text": "Something happened.", "ts": 1772451000, "name": "Account notices", **data}
    on = " on 5" if data.get("data") else ""
    expected = {"summary": f"cloudflare: Account notices{on}: Something happened.", "severity": "WARNING"}
    assert facts_of("cloudflare", body, expected) == expected
