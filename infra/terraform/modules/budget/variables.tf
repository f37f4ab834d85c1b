variable "name" {
  description = "Name of the budget"
  type        = string
}

variable "usd_a_month" {
  description = "What a month may cost before operators are told"
  type        = number
}

variable "alarm_topic_arn" {
  description = "Topic that the budget's notices go to"
  type        = string
}
