const SMOOTHING = 0.3;
const SHORTEST_MS = 100;

/** Bytes a second, smoothed so that the number can be read. */
export function createSpeedometer(now: () => number = () => performance.now()) {
  let lastBytes = 0;
  let lastAt = now();
  let speed = 0;
  return (sentBytes: number): number => {
    const passed = now() - lastAt;
    if (passed < SHORTEST_MS) return speed;
    const current = ((sentBytes - lastBytes) / passed) * 1_000;
    speed = speed === 0 ? current : speed + SMOOTHING * (current - speed);
    lastBytes = sentBytes;
    lastAt = now();
    return speed;
  };
}
