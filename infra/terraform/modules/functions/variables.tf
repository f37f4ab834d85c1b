variable "name" {
  description = "Prefix of every name"
  type        = string
}

variable "here" {
  description = "Account and region"
  type        = object({ account_id = string, region = string })
}

variable "images" {
  description = "Bucket of the pictures"
  type        = object({ name = string, arn = string })
}

variable "tasks_table" {
  description = "Table of the tasks"
  type        = object({ name = string, arn = string })
}

variable "connections_table" {
  description = "Table of the open sockets"
  type        = object({ name = string, arn = string })
}

variable "streams_table" {
  description = "Table of the cameras whose frames are recognised"
  type        = object({ name = string, arn = string })
}

variable "frames_stream" {
  description = "Kinesis stream of the frames, and whether live recognition is offered"
  type        = object({ arn = string, offered = bool })
}

variable "words_table" {
  description = "Table of the index of words"
  type        = object({ name = string, arn = string })
}

variable "exports_table" {
  description = "Table of the exports"
  type        = object({ name = string, arn = string })
}

variable "exports_queue" {
  description = "Queue whose messages start write_export"
  type        = object({ url = string, arn = string })
}

variable "webhooks_table" {
  description = "Table of the webhooks"
  type        = object({ name = string, arn = string })
}

variable "deliveries_table" {
  description = "Table of what is sent to webhooks"
  type        = object({ name = string, arn = string })
}

variable "webhooks_queue" {
  description = "Queue whose messages start deliver"
  type        = object({ url = string, arn = string })
}

variable "mail" {
  description = "Sender of mails to users, empty for no mail, and the SES identity that it belongs to"
  type        = object({ sender = string, identity_arn = string })
}

variable "erasures_queue" {
  description = "Queue whose messages start erase_account"
  type        = object({ url = string, arn = string })
}

variable "user_pool" {
  description = "User pool whose accounts erase_account deletes, and its client at which API keys are exchanged"
  type        = object({ arn = string, keys_client_id = string })
}

variable "steps" {
  description = "By function: how it reads a queue of long work, from contract.json"
  type        = map(object({ timeout_seconds = number }))
}

variable "live" {
  description = "The WebSocket API: where sockets open, where messages go, and its stage in policies"
  type        = object({ url = string, endpoint = string, stage_arn = string })
}

variable "task_queue" {
  description = "Queue of the tasks"
  type        = object({ url = string, arn = string })
}

variable "paused_alarms" {
  description = "Alarms that a pause of the queue silences, by key: depth, age, completions"
  type        = map(object({ name = string, arn = string }))
}

variable "spa_origin" {
  description = "The only web page that may call the API"
  type        = string
}

variable "code" {
  description = "The released package in S3"
  type        = object({ bucket = string, key = string })
}

variable "reserved_concurrency" {
  description = <<-TEXT
    The most that may run at once, by function. Leave it empty in a fresh account: AWS gives it
    ten in all and lets nobody reserve of them.
  TEXT
  type        = map(number)
  default     = {}
}

variable "user_limits" {
  description = "Other limits of each user than the code's: MAX_UNFINISHED_TASKS, BYTES_PER_DAY and the others in pipeline/core/user_limits.py"
  type        = map(number)
  default     = {}
}

variable "log_days" {
  description = "Days for which logs are kept"
  type        = number
}

variable "alarm_topic_arn" {
  description = "Topic that the alarms go to"
  type        = string
}

variable "detailed_monitoring" {
  description = "Whether each function has alarms and metrics of its own; otherwise one alarm watches all of them"
  type        = bool
}

variable "start_seconds" {
  description = "Seconds that the first picture waits for a fleet that was asleep; 0 if the fleet never sleeps"
  type        = number
}

variable "rekognition" {
  description = "The most that Amazon Rekognition may cost in a day, in USD; 0 does not offer it"
  type        = number
  default     = 0
}

variable "offered_models" {
  description = "Added models that requests may name"
  type        = list(string)
  default     = []
}

variable "accept_heic" {
  description = "Whether HEIC pictures are taken; docs/formats.md says whose patents they need"
  type        = bool
  default     = true
}

variable "regions" {
  description = "All regions of the system, the oldest first; empty for one region"
  type        = list(string)
  default     = []
}

variable "peer_health_urls" {
  description = "Where the other regions say whether they can serve callers"
  type        = list(string)
  default     = []
}
