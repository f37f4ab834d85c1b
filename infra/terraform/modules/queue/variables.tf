variable "name" {
  description = "Name of the queue"
  type        = string
}

variable "visibility_timeout_seconds" {
  description = "How long a received message stays hidden; the worker's heartbeat extends it"
  type        = number
}

variable "max_receive_count" {
  description = "How often a message is received before it moves to the dead-letter queue"
  type        = number

  validation {
    condition     = var.max_receive_count >= 2
    error_message = "With fewer than two receives one worker restart would dead-letter a healthy task."
  }
}

variable "alarms" {
  description = "Limits from contract.json: an alarm fires when this many periods in a row are above the threshold"
  type        = map(object({ threshold = number, period_seconds = number, periods = number }))
}

variable "alarm_topic_arn" {
  description = "Topic that the alarms go to"
  type        = string
}

variable "start_seconds" {
  description = "Seconds that the first picture waits for a fleet that was asleep; 0 if the fleet never sleeps"
  type        = number
}
