variable "base" {
  description = "The output second_region of modules/environment"
  type        = any
}

variable "spa_origin" {
  description = "The only web page that may call the API"
  type        = string
}

variable "distribution_arn" {
  description = "CloudFront distribution of the page"
  type        = string
}

variable "alarm_emails" {
  description = "E-mail addresses that receive the alarms"
  type        = list(string)
}
