output "origin" {
  description = "Scheme and host of the page"
  value       = "https://${local.host}"
}

output "page_bucket" {
  description = "Bucket of the page"
  value       = module.page.name
}

output "portal_static" {
  description = "The portal's static files: bucket and its ARN"
  value       = { bucket = module.portal_static.name, arn = module.portal_static.arn }
}

output "distribution_id" {
  description = "CloudFront distribution, to invalidate after a deploy"
  value       = aws_cloudfront_distribution.this.id
}

output "page" {
  description = "Bucket of the page: name, arn"
  value       = { name = module.page.name, arn = module.page.arn }
  depends_on  = [module.page] # It has versions before something is copied
}

output "distribution_arn" {
  description = "ARN of the CloudFront distribution, which bucket policies name"
  value       = aws_cloudfront_distribution.this.arn
}
