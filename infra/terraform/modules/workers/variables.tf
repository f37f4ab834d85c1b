variable "name" {
  description = "Prefix of every name"
  type        = string
}

variable "account_id" {
  description = "AWS account"
  type        = string
}

variable "region" {
  description = "AWS region"
  type        = string
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

variable "concurrent_users" {
  description = "Users that the smallest group carries, an image each every ten seconds"
  type        = number
}

variable "survive_zone_loss" {
  description = "Whether they are carried also while a zone is down"
  type        = bool
}

variable "max_size" {
  description = "The most instances, and so the most that a flood of pictures can cost"
  type        = number
}

variable "instance_types" {
  description = "Graviton types of equal size, the preferred one first; more than one helps with Spot"
  type        = list(string)
}

variable "vcpus" {
  description = "vCPUs of one instance"
  type        = number
}

variable "spot_percentage" {
  description = "Share of Spot among the instances beyond what the promise needs"
  type        = number
  default     = 0
}

variable "warm_pool_size" {
  description = "Stopped instances that are ready in half a minute; not together with Spot"
  type        = number
  default     = 0
}

variable "image_id" {
  description = "AMI; null for the latest Amazon Linux 2023 at the time of the apply"
  type        = string
  default     = null
}

variable "log_days" {
  description = "How long logs are kept"
  type        = number
}

variable "alarm_topic_arn" {
  description = "Where the alarms go"
  type        = string
}
