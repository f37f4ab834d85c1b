variable "name" {
  description = "Prefix of every name"
  type        = string
}

variable "here" {
  description = "Account and region"
  type        = object({ account_id = string, region = string })
}

variable "zappa_host" {
  description = "Host of the API that Zappa made; null before the first deploy"
  type        = string
}

variable "policy" {
  description = "IAM policy document of what the portal calls"
  type        = string
}

variable "regions_policy" {
  description = "IAM policy document of what the portal calls in a system of two regions; null for one"
  type        = string
  default     = null
}

variable "domain" {
  description = "Host of the portal and its Route 53 zone; null for the one that CloudFront gives"
  type        = object({ name = string, zone_id = string })
  default     = null
}

variable "log_bucket" {
  description = "Bucket that receives the access logs"
  type        = string
}

variable "log_days" {
  description = "Days for which logs are kept"
  type        = number
}

variable "alarm_topic_arn" {
  description = "Topic that the alarms go to"
  type        = string
}

variable "own_alarm" {
  description = "Whether the portal has alarms of its own: for its errors, and for wrong passwords and codes"
  type        = bool
}
