"""CDK applications in TypeScript, Python and Java, read statically into blocks of CloudFormation types."""

from prodworks_cli.sources.cdk.reader import read

__all__ = ["read"]
