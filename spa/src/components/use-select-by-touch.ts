import { type MouseEvent, type PointerEvent, useRef } from "react";

import type { CardSelection } from "./task-card";

const LONG_MS = 450;
/** A finger that moves farther scrolls. */
const STILL_PX = 10;

/** A long touch selects a photo. While some are selected, a tap selects instead of opening. */
export function useSelectByTouch(selection: CardSelection | undefined) {
  const press = useRef<{ timer: ReturnType<typeof setTimeout>; x: number; y: number }>(undefined);
  const wasLong = useRef(false);
  const isTouch = useRef(false);
  const end = () => {
    clearTimeout(press.current?.timer);
    press.current = undefined;
  };
  if (!selection) return {};
  return {
    onPointerDown: ({ pointerType, clientX: x, clientY: y }: PointerEvent) => {
      end();
      wasLong.current = false;
      isTouch.current = pointerType === "touch";
      if (!isTouch.current) return;
      const timer = setTimeout(() => {
        wasLong.current = true;
        selection.toggle();
      }, LONG_MS);
      press.current = { timer, x, y };
    },
    onPointerMove: ({ clientX, clientY }: PointerEvent) => {
      if (!press.current) return;
      const { x, y } = press.current;
      if (Math.hypot(clientX - x, clientY - y) > STILL_PX) end();
    },
    onPointerUp: end,
    onPointerCancel: end,
    // A long touch would open the browser's menu of the link.
    onContextMenu: (event: MouseEvent) => {
      if (press.current || wasLong.current) event.preventDefault();
    },
    onClick: (event: MouseEvent) => {
      if (wasLong.current) event.preventDefault();
      else if (isTouch.current && selection.isSelecting) {
        event.preventDefault();
        selection.toggle();
      }
      wasLong.current = false;
    },
  };
}
