variable "name" {
  description = "Name of the budget"
  type        = string
}

variable "usd_a_month" {
  description = "Cost of a month, in USD, at which uploads are closed. Operators are notified at 80 %"
  type        = number
}

variable "alarm_topic_arn" {
  description = "Topic that the budget's notices go to"
  type        = string
}

variable "here" {
  description = "Account and region"
  type        = object({ account_id = string, region = string })
}

variable "closed_role_names" {
  description = "Roles of the functions that stop when the month's sum is spent"
  type        = list(string)
}
