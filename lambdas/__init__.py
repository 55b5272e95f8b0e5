"""What runs in AWS: standard library, boto3 and this package alone."""

VERSION = "0.1.0"
