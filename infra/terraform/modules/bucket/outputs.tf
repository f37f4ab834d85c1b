output "name" {
  description = "Name of the bucket"
  value       = aws_s3_bucket.this.bucket # Known before the bucket exists, unlike the id
}

output "arn" {
  description = "ARN of the bucket"
  value       = aws_s3_bucket.this.arn
}

output "domain_name" {
  description = "Regional host of the bucket"
  value       = aws_s3_bucket.this.bucket_regional_domain_name
}
