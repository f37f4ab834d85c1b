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

variable "live_origins" {
  description = "Scheme and host of the WebSocket API of each region, which the page may open"
  type        = list(string)
}

variable "images_domain_names" {
  description = "Hosts that the page may send pictures to and load them from, one for each region"
  type        = list(string)
}

variable "standby_page" {
  description = "Bucket of another region that has the page too; null for none"
  type        = object({ domain_name = string })
  default     = null
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
