variable "name" {
  description = "Prefix of every name"
  type        = string
}

variable "hosts" {
  description = "Region to the host of that region's API alone"
  type        = map(string)
}

variable "page_host" {
  description = "Host of the page, whose files say which region is evacuated"
  type        = string
}

variable "alarm_topic_arns" {
  description = "Region to the topic that its alarms go to"
  type        = map(string)
}
