"""What is known of values: how they are sent, rebuilt, compared and told apart."""
