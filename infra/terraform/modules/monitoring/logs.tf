# The life of one task in the logs of all parts, as a link to a query of Logs Insights. A month,
# because no task is older. The console writes its own text in links with * for %, which no
# documentation promises: if AWS changes that, operators land on an empty query.

locals {
  logs_query = "fields @timestamp, level, message, @message | filter task_id = '{task_id}' | sort @timestamp"

  # {task_id} stays readable: the portal puts the id there.
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
