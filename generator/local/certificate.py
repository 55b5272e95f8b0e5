"""The certificate of a server on this machine: signed by itself, and valid for a day."""

from __future__ import annotations

import ipaddress
from datetime import UTC, datetime, timedelta
from pathlib import Path


def write_certificate(folder: Path, host: str = "localhost", *more_hosts: str) -> Path:
    """Write a certificate for these hosts and, beside it, its key; return the certificate's path.

    Its subject is the first: of two certificates with the same subject, OpenSSL would look at one alone.
    """
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, host)])
    hosts = [*map(x509.DNSName, (host, *more_hosts)), x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]
    now, day = datetime.now(UTC), timedelta(days=1)
    certificate = (
        x509.CertificateBuilder(subject, subject, key.public_key(), x509.random_serial_number(), now - day, now + day)
        .add_extension(x509.SubjectAlternativeName(hosts), critical=False)
        .sign(key, hashes.SHA256())
    )
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    path = folder / "certificate.pem"
    path.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    path.with_suffix(".key").touch(mode=0o600)
    path.with_suffix(".key").write_bytes(private)
    return path
