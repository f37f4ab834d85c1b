# A link to a Logs Insights query that shows one task in the logs of all parts. It covers a month, because no
# task is older. The console encodes text in links with * instead of %. AWS does not document this: if it
# changes, the link opens an empty query.

locals {
  logs_query = "fields @timestamp, level, message, @message | filter task_id = '{task_id}' | sort @timestamp"

  # {task_id} is not encoded, because the portal replaces it.
  logs_texts = [
    for text in concat([local.logs_query], var.log_group_names) :
    replace(replace(replace(replace(urlencode(text), "%7B", "{"), "%7D", "}"), "+", "*20"), "%", "*")
  ]

  logs_url = join("", [
    "https://${var.here.region}.console.aws.amazon.com/cloudwatch/home?region=${var.here.region}",
    "#logsV2:logs-insights$3FqueryDetail$3D",
    "~(end~0~start~-2592000~timeType~'RELATIVE~unit~'seconds~editorString~'${local.logs_texts[0]}",
    "~source~(${join("", [for name in slice(local.logs_texts, 1, length(local.logs_texts)) : "~'${name}"])}))",
  ])
}
