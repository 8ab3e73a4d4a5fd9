"""The Serverless Framework: what ``serverless.yml`` deploys, as a CloudFormation template."""

from prodworks_cli.sources.serverless.service import template_of

__all__ = ["template_of"]
