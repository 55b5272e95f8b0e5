"""Messages onto the queue, each once; what can't go there into the bucket, and back again."""
