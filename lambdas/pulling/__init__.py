"""What the puller does: it asks a vendor, and hands what it is answered to shaping."""
