// Runs before the first paint, so that a dark page never flashes light. Not inline: the policy
// of the page allows no inline script. The key is Mantine's.
(function () {
  var scheme = "auto";
  try {
    scheme = localStorage.getItem("mantine-color-scheme-value") || "auto";
  } catch {
    // Storage may be off: the system's scheme is fine.
  }
  if (scheme === "auto") {
    scheme = matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light";
  }
  document.documentElement.setAttribute("data-mantine-color-scheme", scheme);
})();
