variable "name" {
  description = "Prefix of every name"
  type        = string
}

variable "function" {
  description = "The function that the messages start: name, arn, role_name"
  type        = object({ name = string, arn = string, role_name = string })
}

variable "steps" {
  description = "The queue's name, which is that of its runbook too, and its limits, from contract.json"

  type = object({
    queue              = string
    timeout_seconds    = number
    visibility_seconds = number
    max_receives       = number
    max_concurrency    = number
  })

  validation {
    condition     = var.steps.visibility_seconds > var.steps.timeout_seconds
    error_message = "A message must stay hidden for longer than its function can run."
  }
}

variable "text" {
  description = "What it means that a message was given up"
  type        = string
}

variable "detailed_monitoring" {
  description = "Whether the queue of failures has an alarm of its own"
  type        = bool
}

variable "alarm_topic_arn" {
  description = "Topic that the alarm goes to"
  type        = string
}
