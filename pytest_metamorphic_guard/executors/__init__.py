"""The built-in executors; they reach the session through entry points, like anyone's."""
