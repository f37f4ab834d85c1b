variable "name" {
  description = "Prefix of every name"
  type        = string
}

variable "functions" {
  description = "The functions by module name"
  type        = map(object({ name = string, arn = string, invoke_arn = string, role_name = string }))
}

variable "tasks_stream_arn" {
  description = "Stream of the table of tasks"
  type        = string
}

variable "announce" {
  description = "How `announce` reads the stream, as contract.json has it"
  type        = object({ filters = list(string), starting_position = string, batch_size = number, max_retries = number, max_age_seconds = number, failures = string })
}

variable "requests_per_second" {
  description = "New sockets and messages of all users together. A page that is refused polls and tries again later"
  type        = number
  default     = 50
}

variable "max_connects_per_minute" {
  description = "New sockets in a minute above which something opens them again and again"
  type        = number
  default     = 600
}

variable "detailed_monitoring" {
  description = "Whether sockets and the age of the stream have alarms of their own"
  type        = bool
}

variable "log_days" {
  description = "Days for which logs are kept"
  type        = number
}

variable "alarm_topic_arn" {
  description = "Topic that the alarms go to"
  type        = string
}
