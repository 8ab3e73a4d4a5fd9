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
}

variable "model_id" {
  type    = string
  default = "us.anthropic.claude-sonnet-4-5-20250929-v1:0"
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
  name = "bedrock"
  role = aws_iam_role.chat.id
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Effect   = "Allow"
        Action   = "bedrock:*"
        Resource = "*"
      },
      {
        Effect   = "Allow"
        Action   = ["s3:GetObject", "s3:PutObject"]
        Resource = "${aws_s3_bucket.transcripts.arn}/*"
      }
    ]
  })
}

resource "aws_iam_role_policy_attachment" "logs" {
  role       = aws_iam_role.chat.name
  policy_arn = "arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole"
}

resource "aws_s3_bucket" "transcripts" {
  bucket = "example-support-chat-transcripts"
}

resource "aws_lambda_function" "chat" {
  function_name = "support-chat"
  role          = aws_iam_role.chat.arn
  runtime       = "python3.13"
  handler       = "handler.handler"
  filename      = "build/chat.zip"
  timeout       = 30

  environment {
    variables = {
      MODEL_ID = var.model_id
    }
  }
}

resource "aws_cloudwatch_log_group" "chat" {
  name              = "/aws/lambda/support-chat"
  retention_in_days = 14
}

resource "aws_apigatewayv2_api" "chat" {
  name          = "support-chat"
  protocol_type = "HTTP"
  target        = aws_lambda_function.chat.arn
}

resource "aws_cloudwatch_metric_alarm" "function_errors" {
  alarm_name          = "support-chat-errors"
  namespace           = "AWS/Lambda"
  metric_name         = "Errors"
  dimensions          = { FunctionName = aws_lambda_function.chat.function_name }
  statistic           = "Sum"
  comparison_operator = "GreaterThanThreshold"
  threshold           = 5
  period              = 300
  evaluation_periods  = 1
}
