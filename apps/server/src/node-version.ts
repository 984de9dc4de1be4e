const NEEDED = { major: 20, minor: 19 };

/** What to tell the user of an unsupported Node; undefined when it will do. `version` as process.versions.node has it. */
export function nodeVersionProblem(version: string): string | undefined {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const enough = major > NEEDED.major || (major === NEEDED.major && minor >= NEEDED.minor);
  return enough ? undefined : `Node ${NEEDED.major}.${NEEDED.minor} or newer is needed, this is ${version}`;
}
