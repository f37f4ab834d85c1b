variable "name" {
  description = "Prefix of every name"
  type        = string
}

variable "here" {
  description = "Account and region"
  type        = object({ account_id = string, region = string })
}

variable "objective" {
  description = "Share of requests and pictures that must go well"
  type        = number
  default     = 0.999

  validation {
    condition     = var.objective > 0.9 && var.objective < 1
    error_message = "An objective is a share below 1, such as 0.999."
  }
}

variable "result_seconds" {
  description = "Seconds from queueing to result that count as in time"
  type        = number
  default     = 10
}

variable "api_name" {
  description = "Name of the API, the dimension of its metrics"
  type        = string
}

variable "task_queue_name" {
  description = "Name of the task queue"
  type        = string
}

variable "dead_letter_queue_name" {
  description = "Name of the dead-letter queue"
  type        = string
}

variable "worker_group_name" {
  description = "Name of the workers' Auto Scaling group"
  type        = string
}

variable "log_group_names" {
  description = "Log groups that mention tasks"
  type        = list(string)
}

variable "alarm_topic_arn" {
  description = "Topic that the alarms go to"
  type        = string
}

variable "start_seconds" {
  description = "Seconds that the first picture waits for a fleet that was asleep; they count as in time"
  type        = number
}

variable "error_budgets" {
  description = "Whether alarms follow the error budgets"
  type        = bool
}
