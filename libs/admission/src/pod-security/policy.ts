import { type FieldError, fieldError } from '#apimachinery';

export type Level = 'privileged' | 'baseline' | 'restricted';

/** What a mode asks of pods. `minor` is the version's, Infinity for 'latest'. */
export interface LevelVersion {
  readonly level: Level;
  readonly minor: number;
}

export interface Policy {
  readonly enforce: LevelVersion;
  readonly audit: LevelVersion;
  readonly warn: LevelVersion;
}

const LEVELS: readonly Level[] = ['privileged', 'baseline', 'restricted'];
const PREFIX = 'pod-security.kubernetes.io/';
const VERSION = /^v1\.(0|[1-9][0-9]{0,5})$/;
const PRIVILEGED: LevelVersion = { level: 'privileged', minor: Infinity };
const ANYTHING: Policy = { enforce: PRIVILEGED, audit: PRIVILEGED, warn: PRIVILEGED };

type Labels = Readonly<Record<string, string>> | undefined;

/** 'restricted:latest', 'baseline:v1.30': how refusals name a policy. */
export function policyText({ level, minor }: LevelVersion): string {
  return `${level}:${minor === Infinity ? 'latest' : `v1.${minor}`}`;
}

export const isSamePolicy = (a: LevelVersion, b: LevelVersion) => a.level === b.level && a.minor === b.minor;
export const isStricter = (a: Level, b: Level) => LEVELS.indexOf(a) > LEVELS.indexOf(b);

/**
 * What a namespace's labels ask for, and what is wrong with them. Who only enforces is warned and audited by the same
 * policy. A level that cannot be read is enforced as restricted, but neither audited nor warned. Models
 * api.PolicyToEvaluate of k8s.io/pod-security-admission (1.36).
 */
export function policyOf(labels: Labels): { policy: Policy; errors: readonly FieldError[] } {
  if (!labels || !Object.keys(labels).some((key) => key.startsWith(PREFIX))) return { policy: ANYTHING, errors: [] };
  const errors: FieldError[] = [];
  const enforce = modeOf(labels, 'enforce', 'restricted', errors);
  const audit = modeOf(labels, 'audit', 'privileged', errors);
  const warn = modeOf(labels, 'warn', 'privileged', errors);
  return {
    policy: {
      enforce: enforce.value,
      audit: audit.isSaid || !enforce.isSaid ? audit.value : enforce.value,
      warn: warn.isSaid || !enforce.isSaid ? warn.value : enforce.value,
    },
    errors,
  };
}

function modeOf(
  labels: NonNullable<Labels>,
  mode: string,
  unreadable: Level,
  errors: FieldError[],
): { value: LevelVersion; isSaid: boolean } {
  const said = own(labels, `${PREFIX}${mode}`);
  const version = own(labels, `${PREFIX}${mode}-version`) ?? 'latest';
  let level = LEVELS.find((one) => one === said) ?? (said === undefined ? 'privileged' : unreadable);
  if (said !== undefined && !LEVELS.some((one) => one === said)) {
    errors.push(invalid(mode, said, `must be one of ${LEVELS.join(', ')}`));
  }
  const match = VERSION.exec(version);
  if (!match && version !== 'latest') {
    errors.push(invalid(`${mode}-version`, version, 'must be "latest" or "v1.x"'));
    if (unreadable === 'privileged') level = unreadable;
  }
  return { value: { level, minor: match ? Number(match[1]) : Infinity }, isSaid: said !== undefined };
}

const own = (labels: NonNullable<Labels>, key: string) => (Object.hasOwn(labels, key) ? labels[key] : undefined);

function invalid(label: string, value: string, why: string): FieldError {
  return fieldError.invalid(`metadata.labels[${PREFIX}${label}]`, value, why);
}
