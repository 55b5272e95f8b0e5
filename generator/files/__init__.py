"""Files on this machine: read and written safely, and left alone where they are nobody's."""
