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
