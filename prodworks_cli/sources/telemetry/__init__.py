"""Tracing and metrics of an application: what code starts, what a container or function is launched with, variables."""
