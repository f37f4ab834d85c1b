variable "name" {
  description = "Prefix of every name"
  type        = string
}

variable "here" {
  description = "Account and region"
  type        = object({ account_id = string, region = string })
}

variable "api_origin" {
  description = "Scheme and host of the API, which the page may call"
  type        = string
}

variable "live_origin" {
  description = "Scheme and host of the WebSocket API, which the page may open"
  type        = string
}

variable "images_domain_name" {
  description = "Host that the page may send pictures to and load them from"
  type        = string
}

variable "portal_origin" {
  description = "Scheme and host of the portal, which may use its static files"
  type        = string
}

variable "domain" {
  description = "Host of the page and its Route 53 zone; null for the one that CloudFront gives"
  type        = object({ name = string, zone_id = string })
  default     = null
}

variable "log_bucket" {
  description = "Bucket that receives the access logs"
  type        = string
}
