"""The data a take shows, read from the views."""
