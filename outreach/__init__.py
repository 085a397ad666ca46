"""Outreach: everyone hears of what a website publishes, each thing exactly once."""

__version__ = "0.1.0"
