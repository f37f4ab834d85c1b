variable "name" {
  description = "Prefix of every name"
  type        = string
}

variable "here" {
  description = "Account and region"
  type        = object({ account_id = string, region = string })
}

variable "zone_count" {
  description = "Availability zones that the workers spread over"
  type        = number

  validation {
    condition     = var.zone_count >= 2 && var.zone_count <= 3
    error_message = "Name two or three zones. One zone has no redundancy, and more than three only cost more endpoints."
  }
}

variable "egress" {
  description = "How workers reach AWS: \"endpoints\", \"ipv6\", \"public\" or \"nat\"; egress.tf describes each"
  type        = string

  validation {
    condition     = contains(["endpoints", "ipv6", "public", "nat"], var.egress)
    error_message = "egress is \"endpoints\", \"ipv6\", \"public\" or \"nat\"."
  }
}

variable "more_services" {
  description = "Services that only some environments call"
  type        = set(string)
  default     = []
}

variable "log_bucket_arn" {
  description = "Bucket that receives the flow logs"
  type        = string
}
