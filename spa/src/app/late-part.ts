import {
  type Attributes,
  type ComponentType,
  createElement,
  type ReactNode,
  useEffect,
  useState,
} from "react";

type Props<PartProps extends object> = {
  load: () => Promise<ComponentType<PartProps>>;
  isWanted: boolean;
  props: PartProps & Attributes;
};

/** Loads an optional part of a page. Without a network it loads later, and the page works. */
export function LatePart<PartProps extends object>({
  load,
  isWanted,
  props,
}: Props<PartProps>): ReactNode {
  const [loaded, setLoaded] = useState<{ Part: ComponentType<PartProps> }>();
  useEffect(() => {
    if (!isWanted) return;
    let isHere = true;
    void loadWhenOnline(load).then((Part) => {
      if (isHere) setLoaded({ Part });
    });
    return () => {
      isHere = false;
    };
  }, [isWanted, load]);
  return loaded && createElement(loaded.Part, props);
}

const RETRY_MS = 5_000;

async function loadWhenOnline<Part>(load: () => Promise<Part>): Promise<Part> {
  for (;;) {
    try {
      return await load();
    } catch {
      await new Promise((resolve) => {
        addEventListener("online", resolve, { once: true });
        setTimeout(resolve, RETRY_MS);
      });
    }
  }
}
