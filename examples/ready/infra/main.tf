terraform {
  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = "~> 6.0"
    }
  }
}

provider "aws" {
  region = "us-east-1"
  default_tags {
    tags = { Owner = "team-support", Workload = "support-chat" }
  }
}

data "aws_caller_identity" "current" {}

locals {
  model_id   = "anthropic.claude-sonnet-4-5-20250929-v1:0"
  profile_id = "us.${local.model_id}"
}

resource "aws_bedrock_inference_profile" "chat" {
  name        = "support-chat"
  description = "Spend of the support chat"
  model_source {
    copy_from = "arn:aws:bedrock:us-east-1:${data.aws_caller_identity.current.account_id}:inference-profile/${local.profile_id}"
  }
}

resource "aws_iam_role" "chat" {
  name = "support-chat"
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRole"
      Principal = { Service = "lambda.amazonaws.com" }
    }]
  })
}

resource "aws_iam_role_policy" "chat" {
  name   = "models"
  role   = aws_iam_role.chat.id
  policy = data.aws_iam_policy_document.chat.json
}

data "aws_iam_policy_document" "chat" {
  statement {
    actions = ["bedrock:InvokeModel"]
    resources = [
      aws_bedrock_inference_profile.chat.arn,
      "arn:aws:bedrock:*::foundation-model/anthropic.claude-sonnet-4-5-20250929-v1:0",
    ]
  }
  statement {
    actions   = ["bedrock:ApplyGuardrail"]
    resources = [aws_bedrock_guardrail.chat.guardrail_arn]
  }
}

resource "aws_iam_role_policy_attachment" "logs" {
  role       = aws_iam_role.chat.name
  policy_arn = "arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole"
}

resource "aws_iam_role_policy_attachment" "tracing" {
  role       = aws_iam_role.chat.name
  policy_arn = "arn:aws:iam::aws:policy/AWSXRayDaemonWriteAccess"
}

resource "aws_lambda_function" "chat" {
  function_name = "support-chat"
  role          = aws_iam_role.chat.arn
  runtime       = "python3.13"
  handler       = "handler.handler"
  filename      = "build/chat.zip"
  timeout       = 60

  tracing_config {
    mode = "Active"
  }

  environment {
    variables = {
      INFERENCE_PROFILE_ARN = aws_bedrock_inference_profile.chat.arn
      GUARDRAIL_ID          = aws_bedrock_guardrail.chat.guardrail_id
      GUARDRAIL_VERSION     = aws_bedrock_guardrail_version.chat.version
    }
  }
}

resource "aws_apigatewayv2_api" "chat" {
  name          = "support-chat"
  protocol_type = "HTTP"
}

resource "aws_apigatewayv2_authorizer" "customers" {
  api_id           = aws_apigatewayv2_api.chat.id
  name             = "customers"
  authorizer_type  = "JWT"
  identity_sources = ["$request.header.Authorization"]
  jwt_configuration {
    audience = ["support-chat"]
    issuer   = "https://login.example.com"
  }
}

resource "aws_apigatewayv2_integration" "chat" {
  api_id                 = aws_apigatewayv2_api.chat.id
  integration_type       = "AWS_PROXY"
  integration_uri        = aws_lambda_function.chat.invoke_arn
  payload_format_version = "2.0"
}

resource "aws_apigatewayv2_route" "questions" {
  api_id             = aws_apigatewayv2_api.chat.id
  route_key          = "POST /questions"
  target             = "integrations/${aws_apigatewayv2_integration.chat.id}"
  authorization_type = "JWT"
  authorizer_id      = aws_apigatewayv2_authorizer.customers.id
}

resource "aws_apigatewayv2_stage" "live" {
  api_id      = aws_apigatewayv2_api.chat.id
  name        = "$default"
  auto_deploy = true
  default_route_settings {
    throttling_rate_limit  = 20
    throttling_burst_limit = 40
  }
  access_log_settings {
    destination_arn = aws_cloudwatch_log_group.access.arn
    format = jsonencode({
      request = "$context.requestId"
      caller  = "$context.authorizer.claims.sub"
      route   = "$context.routeKey"
      status  = "$context.status"
    })
  }
}

resource "aws_cloudwatch_log_group" "access" {
  name              = "/api/support-chat/access"
  retention_in_days = 90
}

resource "aws_cloudwatch_log_group" "chat" {
  name              = "/aws/lambda/support-chat"
  retention_in_days = 90
}
