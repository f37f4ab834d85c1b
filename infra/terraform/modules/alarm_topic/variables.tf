variable "name" {
  description = "Prefix of every name"
  type        = string
}

variable "here" {
  description = "Account and region"
  type        = object({ account_id = string, region = string })
}

variable "emails" {
  description = "Addresses that receive alarms; each confirms a mail from AWS once"
  type        = list(string)

  validation {
    condition     = length(var.emails) > 0
    error_message = "Nobody receives the alarms: name at least one address."
  }
}

variable "own_key" {
  description = "Whether the topic is encrypted with a KMS key of our own, for 1 USD a month"
  type        = bool
}
