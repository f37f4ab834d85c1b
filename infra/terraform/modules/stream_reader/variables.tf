variable "name" {
  description = "Prefix of every name"
  type        = string
}

variable "function" {
  description = "The function, and the name of its module in pipeline/lambdas"
  type        = object({ function = string, name = string, arn = string, role_name = string })
}

variable "stream_arn" {
  description = "Stream of the table of tasks"
  type        = string
}

variable "reading" {
  description = "How the stream is read, as contract.json has it"

  type = object({
    filters           = list(string)
    starting_position = string
    batch_size        = number
    max_retries       = number
    max_age_seconds   = number
    failures          = string
  })
}

variable "runbook" {
  description = "Its file in docs/runbooks"
  type        = string
}

variable "detailed_monitoring" {
  description = "Whether it has alarms of its own"
  type        = bool
}

variable "alarm_topic_arn" {
  description = "Topic that the alarms go to"
  type        = string
}
