let wasKey = false;
addEventListener("keydown", () => (wasKey = true), true);
addEventListener("pointerdown", () => (wasKey = false), true);

/** Whether the user acted by keyboard last: then the focus must not get lost. */
export const isByKeyboard = () => wasKey;
