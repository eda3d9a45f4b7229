"""The built-in monitors; they reach the session through entry points, like anyone's."""
