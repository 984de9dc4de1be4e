import { type Clock, VirtualClock, type VirtualClockState } from '#base';
import type { SandboxSpec } from '#kinds';

export type ClockSpec = SandboxSpec['clock'];

/** Makes a clock go as the spec says; what has passed stays as it passed. */
export function obey(clock: VirtualClock, spec: ClockSpec): void {
  clock.setRate(Number(spec?.rate ?? '1'));
  if (spec?.paused) clock.pause();
  else clock.resume();
}

/** What to store of a clock that nobody runs at the moment. `state` absent: a new one. */
export function obeyed(real: Clock, state: VirtualClockState | undefined, spec: ClockSpec): VirtualClockState {
  const clock = new VirtualClock(real, state);
  obey(clock, spec);
  return clock.snapshot();
}
