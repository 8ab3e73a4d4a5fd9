# A sample of real conversations is scored; the alarm watches the score.
resource "aws_iam_role" "evaluation" {
  name = "support-chat-evaluation"
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRole"
      Principal = { Service = "bedrock-agentcore.amazonaws.com" }
    }]
  })
}

resource "aws_bedrockagentcore_online_evaluation_config" "chat" {
  online_evaluation_config_name = "support_chat"
  enable_on_create              = true
  evaluation_execution_role_arn = aws_iam_role.evaluation.arn

  data_source_config {
    cloudwatch_logs {
      log_group_names = ["aws/spans"]
      service_names   = ["support-chat"]
    }
  }

  evaluator {
    evaluator_id = "Builtin.Helpfulness"
  }

  rule {
    sampling_config {
      sampling_percentage = 5
    }
  }
}

resource "aws_cloudwatch_metric_alarm" "helpfulness" {
  alarm_name          = "support-chat-helpfulness"
  namespace           = "Bedrock-AgentCore/Evaluations"
  metric_name         = "Builtin.Helpfulness"
  statistic           = "Average"
  comparison_operator = "LessThanThreshold"
  threshold           = 0.7
  period              = 3600
  evaluation_periods  = 6
  alarm_actions       = [aws_sns_topic.on_call.arn]
}
