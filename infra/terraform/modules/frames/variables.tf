variable "name" {
  description = "Prefix of every name"
  type        = string
}

variable "egress" {
  description = "How workers reach AWS: see modules/network"
  type        = string
}

variable "alarm_topic_arn" {
  description = "SNS topic of the alarms"
  type        = string
}
