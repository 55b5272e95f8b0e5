"""Messages onto the queue or into objects, each once; what can't go there into the bucket, and back again."""
