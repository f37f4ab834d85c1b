variable "domain" {
  description = "Host that the certificate is for"
  type        = string
}

variable "zone_id" {
  description = "Route 53 zone of the host"
  type        = string
}

variable "region" {
  description = "Region that uses the certificate; CloudFront's is us-east-1"
  type        = string
}
