"""Why a captured request does, or does not, verify: the handler's own code, step by step, with what it reads shown."""
