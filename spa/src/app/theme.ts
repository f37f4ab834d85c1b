import { createTheme, defaultVariantColorsResolver, type MantineColorsTuple } from "@mantine/core";

/** The names only. theme.css defines the values, one set for light and one for dark. */
const spot: MantineColorsTuple = [
  "#fff8e6",
  "#ffefc7",
  "#ffe29b",
  "#ffd569",
  "#ffcb4a",
  "#ffc53d",
  "#e8ad1f",
  "#b98508",
  "#8a6200",
  "#5c4100",
];

export const theme = createTheme({
  primaryColor: "spot",
  colors: { spot },
  defaultRadius: "md",
  cursorType: "pointer",
  respectReducedMotion: true,
  variantColorResolver: (input) => {
    const isPrimary = !input.color || input.color === "spot";
    if (isPrimary && input.variant === "filled") {
      return {
        background: "var(--action)",
        hover: "var(--action-hover)",
        color: "var(--on-action)",
        border: "0.0625rem solid transparent",
      };
    }
    if (input.color === "red" && input.variant === "filled") {
      return {
        background: "var(--danger)",
        hover: "color-mix(in srgb, var(--danger) 88%, var(--ink))",
        color: "var(--on-danger)",
        border: "0.0625rem solid transparent",
      };
    }
    if (isPrimary && (input.variant === "subtle" || input.variant === "light")) {
      return {
        background: input.variant === "light" ? "var(--surface-2)" : "transparent",
        hover: "var(--surface-2)",
        color: "var(--ink)",
        border: "0.0625rem solid transparent",
      };
    }
    return defaultVariantColorsResolver(input);
  },
});
