import { ActionIcon, useComputedColorScheme, useMantineColorScheme } from "@mantine/core";

import { MoonIcon, SunIcon } from "@/components/icons";
import { useTranslation } from "@/lib/i18n";

export function SchemeSwitch() {
  const { t } = useTranslation();
  // Mantine would add a style at run time to stop transitions, which our CSP refuses.
  const { setColorScheme } = useMantineColorScheme({ keepTransitions: true });
  const scheme = useComputedColorScheme("light", { getInitialValueInEffect: false });
  const isDark = scheme === "dark";
  return (
    <ActionIcon
      variant="subtle"
      size="xl"
      radius="xl"
      aria-label={t(isDark ? "nav.toLight" : "nav.toDark")}
      onClick={() => {
        setColorScheme(isDark ? "light" : "dark");
      }}
    >
      {isDark ? <SunIcon size={22} /> : <MoonIcon size={22} />}
    </ActionIcon>
  );
}
