"""Facts of an event, and the message that an output makes of them."""
