// Every moment is shown in UTC; the browser adds its own time to those that say what they are.
"use strict";

{
  function addLocalTimes() {
    if (!new Date().getTimezoneOffset()) return;
    const form = new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit" });
    const whole = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "long" });
    for (const time of document.querySelectorAll("time[datetime]:not([data-local])")) {
      const moment = new Date(time.dateTime);
      if (Number.isNaN(moment.getTime())) continue;
      time.dataset.local = "";
      time.title = whole.format(moment);
      const local = document.createElement("span");
      local.className = "local";
      local.textContent = ` (${form.format(moment)} here)`;
      time.append(local);
    }
  }

  document.addEventListener("DOMContentLoaded", addLocalTimes);
  document.addEventListener("charts", addLocalTimes);
}
