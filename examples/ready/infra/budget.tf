# No filter: models of other vendors are billed as services of their own, which a filter on Amazon Bedrock misses.
resource "aws_budgets_budget" "account" {
  name         = "support-chat"
  budget_type  = "COST"
  limit_amount = "500"
  limit_unit   = "USD"
  time_unit    = "MONTHLY"

  notification {
    comparison_operator        = "GREATER_THAN"
    notification_type          = "FORECASTED"
    threshold                  = 100
    threshold_type             = "PERCENTAGE"
    subscriber_email_addresses = ["support-chat-costs@example.com"]
  }
}

# Well above a normal month: the function may then do nothing at all, and the runbook says how that is undone.
resource "aws_budgets_budget_action" "stop" {
  budget_name        = aws_budgets_budget.account.name
  action_type        = "APPLY_IAM_POLICY"
  approval_model     = "AUTOMATIC"
  notification_type  = "ACTUAL"
  execution_role_arn = "arn:aws:iam::${data.aws_caller_identity.current.account_id}:role/budget-actions"

  action_threshold {
    action_threshold_type  = "PERCENTAGE"
    action_threshold_value = 200
  }

  definition {
    iam_action_definition {
      policy_arn = "arn:aws:iam::aws:policy/AWSDenyAll"
      roles      = [aws_iam_role.chat.name]
    }
  }

  subscriber {
    address           = "support-chat-costs@example.com"
    subscription_type = "EMAIL"
  }
}

# A day that costs more than days like it do.
resource "aws_ce_anomaly_monitor" "services" {
  name              = "support-chat"
  monitor_type      = "DIMENSIONAL"
  monitor_dimension = "SERVICE"
}

resource "aws_ce_anomaly_subscription" "team" {
  name             = "support-chat"
  frequency        = "DAILY"
  monitor_arn_list = [aws_ce_anomaly_monitor.services.arn]

  subscriber {
    type    = "EMAIL"
    address = "support-chat-costs@example.com"
  }

  threshold_expression {
    dimension {
      key           = "ANOMALY_TOTAL_IMPACT_ABSOLUTE"
      match_options = ["GREATER_THAN_OR_EQUAL"]
      values        = ["20"]
    }
  }
}
