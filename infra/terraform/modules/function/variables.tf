variable "name" {
  description = "Prefix of every name"
  type        = string
}

variable "function" {
  description = "Name of the module in pipeline/lambdas"
  type        = string
}

variable "description" {
  description = "Purpose of the function, shown in the console"
  type        = string
}

variable "policy" {
  description = "IAM policy document of what its code calls"
  type        = string
}

variable "environment" {
  description = "Environment variables"
  type        = map(string)
}

variable "code" {
  description = "The released package in S3"
  type        = object({ bucket = string, key = string })
}

variable "memory_mb" {
  description = "Memory; the share of a CPU grows with it"
  type        = number
}

variable "timeout_seconds" {
  description = "When Lambda gives up; API Gateway gives up after 29"
  type        = number

  validation {
    condition     = var.timeout_seconds <= 60
    error_message = "No function of ours works longer than a minute; something else is wrong."
  }
}

variable "reserved_concurrency" {
  description = "The most that may run at once; -1 for no limit of its own"
  type        = number
  default     = -1
}

variable "log_days" {
  description = "Days for which logs are kept"
  type        = number
}

variable "alarm_topic_arn" {
  description = "Topic that the alarms go to"
  type        = string
}

variable "own_alarms" {
  description = "Metrics of Lambda for which this function has an alarm of its own: Errors, Throttles"
  type        = set(string)
  default     = ["Errors", "Throttles"]
}
