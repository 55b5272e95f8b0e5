"""From messages to the queue, or to the bucket."""
