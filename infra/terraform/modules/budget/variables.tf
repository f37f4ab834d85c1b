variable "name" {
  description = "Name of the budget"
  type        = string
}

variable "usd_a_month" {
  description = "Cost of a month, in USD, at which uploads and sign-up are closed. Operators are notified at 80 %"
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

variable "close" {
  description = "The function that closes uploads and sign-up"
  type        = object({ name = string, arn = string })
}

variable "own_alarm" {
  description = "Whether an alarm tells that uploads and sign-up were closed"
  type        = bool
}

variable "key_arn" {
  description = "ARN of the key that encrypts the notice of a spent budget; null for none"
  type        = string
}
