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
  var root = document.documentElement;
  root.setAttribute("data-mantine-color-scheme", scheme);

  // The browser's own bars have the colour of the page, also after the user changes the scheme.
  var PAPER = { light: "#f6f3ec", dark: "#121315" };
  function paintBars() {
    var meta = document.querySelector("meta[name=theme-color]");
    meta.setAttribute("content", PAPER[root.getAttribute("data-mantine-color-scheme")]);
  }
  paintBars();
  new MutationObserver(paintBars).observe(root, { attributeFilter: ["data-mantine-color-scheme"] });
})();
