"""What every function stands on: AWS clients, secrets, HTTPS, the log, metrics, deadlines."""
