# What people look at, what asks the chat a known question, and what tells when somebody switches a safeguard off.
resource "aws_cloudwatch_dashboard" "chat" {
  dashboard_name = "support-chat"
  dashboard_body = jsonencode({
    widgets = [
      {
        type   = "metric"
        x      = 0
        y      = 0
        width  = 12
        height = 6
        properties = {
          title  = "Model calls"
          region = "us-east-1"
          metrics = [
            ["AWS/Bedrock", "Invocations"],
            [".", "InvocationThrottles"],
            [".", "InvocationServerErrors"],
            [".", "OutputTokenCount"],
          ]
        }
      }
    ]
  })
}

resource "aws_synthetics_canary" "question" {
  name                 = "support-chat-question"
  artifact_s3_location = "s3://example-canaries/support-chat/"
  execution_role_arn   = "arn:aws:iam::111122223333:role/canaries"
  handler              = "question.handler"
  runtime_version      = "syn-nodejs-puppeteer-13.0"
  zip_file             = "build/question.zip"
  start_canary         = true

  schedule {
    expression = "rate(10 minutes)"
  }
}

resource "aws_cloudwatch_event_rule" "safeguards" {
  name = "support-chat-safeguards-changed"
  event_pattern = jsonencode({
    source        = ["aws.bedrock"]
    "detail-type" = ["AWS API Call via CloudTrail"]
    detail = {
      eventName = [
        "DeleteGuardrail",
        "UpdateGuardrail",
        "DeleteModelInvocationLoggingConfiguration",
        "PutModelInvocationLoggingConfiguration",
      ]
    }
  })
}

resource "aws_cloudwatch_event_target" "safeguards" {
  rule = aws_cloudwatch_event_rule.safeguards.name
  arn  = aws_sns_topic.on_call.arn
}
