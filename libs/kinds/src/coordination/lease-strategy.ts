import { type FieldError, fieldError, qualifiedName } from '#apimachinery';

export const OLDEST_EMULATION_VERSION = 'OldestEmulationVersion';

/** How the next holder is chosen. Models ValidateCoordinatedLeaseStrategy (1.36), which names the unknown one twice. */
export function checkStrategy(errors: FieldError[], at: string, strategy: string): void {
  if (!strategy.includes('/')) {
    if (strategy === OLDEST_EMULATION_VERSION) return;
    errors.push(fieldError.notSupported(`${at}.strategy`, strategy, [OLDEST_EMULATION_VERSION]));
    return;
  }
  for (const why of qualifiedName(strategy)) errors.push(fieldError.invalid(`${at}.strategy`, strategy, why));
}
