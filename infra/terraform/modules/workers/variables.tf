variable "name" {
  description = "Prefix of every name"
  type        = string
}

variable "here" {
  description = "Account and region"
  type        = object({ account_id = string, region = string })
}

variable "subnet_ids" {
  description = "Private subnets, one a zone"
  type        = list(string)
}

variable "security_group_id" {
  description = "Security group without inbound rules"
  type        = string
}

variable "release" {
  description = "The released artefact in S3; null before the first deploy"
  type        = object({ bucket = string, key = string, sha256 = string })
}

variable "artefacts_bucket_arn" {
  description = "Bucket of the releases and weights"
  type        = string
}

variable "policy" {
  description = "IAM policy document of what the worker calls"
  type        = string
}

variable "environment" {
  description = "Environment variables of the worker"
  type        = map(string)
}

variable "task_queue_name" {
  description = "Name of the task queue, the dimension of its metrics"
  type        = string
}

variable "size" {
  description = "How many machines of which kind"

  type = object({
    concurrent_users  = number       # Each sends an image every ten seconds; the smallest awake group carries them
    survive_zone_loss = bool         # The group carries them also while a zone is down
    max_size          = number       # The most instances, and so the most that a flood can cost
    instance_types    = list(string) # Graviton types of equal size, the preferred one first
    vcpus             = number       # In one instance
    spot_percentage   = number       # Among the instances beyond what the promise needs
    warm_pool_size    = number       # Stopped instances, ready in half a minute; not with Spot
    sleeps            = bool         # No instance while nothing waits; the first picture then waits for a start
  })

  validation {
    condition     = var.size.spot_percentage == 0 || var.size.warm_pool_size == 0
    error_message = "AWS allows no warm pool in a group with Spot instances: choose one."
  }
}

variable "image_id" {
  description = "AMI; null for the latest Amazon Linux 2023 at the time of the apply"
  type        = string
  default     = null
}

variable "log_days" {
  description = "Days for which logs are kept"
  type        = number
}

variable "asks_rekognition" {
  description = "Whether the worker may ask Amazon Rekognition"
  type        = bool
  default     = false
}

variable "alarm_topic_arn" {
  description = "Topic that the alarms go to"
  type        = string
}

variable "dual_stack" {
  description = "Whether the way out is IPv6, for which AWS has endpoints of their own"
  type        = bool
}
