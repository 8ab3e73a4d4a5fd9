resource "aws_sns_topic" "on_call" {
  name = "support-chat-on-call"
}

resource "aws_sns_topic_subscription" "pager" {
  topic_arn              = aws_sns_topic.on_call.arn
  protocol               = "https"
  endpoint               = "https://pager.example.com/integrations/support-chat"
  endpoint_auto_confirms = true
}

resource "aws_cloudwatch_metric_alarm" "model_errors" {
  alarm_name          = "support-chat-model-errors"
  namespace           = "AWS/Bedrock"
  metric_name         = "InvocationServerErrors"
  statistic           = "Sum"
  comparison_operator = "GreaterThanThreshold"
  threshold           = 3
  period              = 300
  evaluation_periods  = 1
  alarm_actions       = [aws_sns_topic.on_call.arn]
}

resource "aws_cloudwatch_metric_alarm" "model_throttles" {
  alarm_name          = "support-chat-model-throttles"
  namespace           = "AWS/Bedrock"
  metric_name         = "InvocationThrottles"
  statistic           = "Sum"
  comparison_operator = "GreaterThanThreshold"
  threshold           = 5
  period              = 300
  evaluation_periods  = 1
  alarm_actions       = [aws_sns_topic.on_call.arn]
}

resource "aws_cloudwatch_metric_alarm" "token_spike" {
  alarm_name          = "support-chat-token-spike"
  namespace           = "AWS/Bedrock"
  metric_name         = "OutputTokenCount"
  statistic           = "Sum"
  comparison_operator = "GreaterThanThreshold"
  threshold           = 500000
  period              = 3600
  evaluation_periods  = 1
  alarm_actions       = [aws_sns_topic.on_call.arn]
}

resource "aws_cloudwatch_metric_alarm" "model_latency" {
  alarm_name          = "support-chat-model-latency"
  namespace           = "AWS/Bedrock"
  metric_name         = "InvocationLatency"
  extended_statistic  = "p95"
  comparison_operator = "GreaterThanThreshold"
  threshold           = 10000
  period              = 300
  evaluation_periods  = 3
  alarm_actions       = [aws_sns_topic.on_call.arn]
}

resource "aws_cloudwatch_metric_alarm" "guardrail_interventions" {
  alarm_name          = "support-chat-guardrail-interventions"
  namespace           = "AWS/Bedrock/Guardrails"
  metric_name         = "InvocationsIntervened"
  statistic           = "Sum"
  comparison_operator = "GreaterThanThreshold"
  threshold           = 20
  period              = 300
  evaluation_periods  = 1
  alarm_actions       = [aws_sns_topic.on_call.arn]
}
