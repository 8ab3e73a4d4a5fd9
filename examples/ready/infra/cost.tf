# What each feature and request costs, from the invocation log and the requestMetadata that the handler sends.
resource "aws_cloudwatch_query_definition" "cost_per_request" {
  name            = "support-chat/cost-per-request"
  log_group_names = [aws_cloudwatch_log_group.chat.name]

  query_string = <<-EOT
    filter message = "model call"
    | stats sum(input_tokens * 0.000003 + output_tokens * 0.000015) as usd by request
    | sort usd desc
  EOT
}

# Billing tells spend by a tag only once the tag is activated.
resource "aws_ce_cost_allocation_tag" "workload" {
  tag_key = "Workload"
  status  = "Active"
}

resource "aws_ce_cost_allocation_tag" "owner" {
  tag_key = "Owner"
  status  = "Active"
}
