"""CloudFormation and SAM templates as blocks with their properties resolved."""

from prodworks_cli.sources.cloudformation.reader import read

__all__ = ["read"]
