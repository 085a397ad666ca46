"""Celery: the app and thin tasks. `celery -A tasks worker -Q default,mail`, `celery -A tasks beat`."""
