import { randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { type CertifiedKey, createServerCa } from '#auth';
import { StartError } from './config.js';

/** What the server itself must keep: without it nobody trusts its certificate and nobody reads its secrets. */
export interface ServerKeys {
  readonly ca: CertifiedKey;
  /** 32 bytes: wraps the data key of each sandbox. */
  readonly encryptionKey: Buffer;
}

interface KeysFile {
  ca: CertifiedKey;
  encryptionKey: string;
}

const ENCRYPTION_KEY_BYTES = 32;

/** The keys of the data directory, made at the first start. Fails with StartError when what is there cannot be read. */
export async function serverKeysIn(dataDir: string, nowMs: number): Promise<ServerKeys> {
  const file = join(dataDir, 'pki', 'server-keys.json');
  const found = readKeys(file);
  if (found) return { ca: found.ca, encryptionKey: Buffer.from(found.encryptionKey, 'base64') };
  const keys: ServerKeys = { ca: await createServerCa(nowMs), encryptionKey: randomBytes(ENCRYPTION_KEY_BYTES) };
  const content: KeysFile = { ca: keys.ca, encryptionKey: keys.encryptionKey.toString('base64') };
  writeWhole(file, JSON.stringify(content));
  writeWhole(join(dataDir, 'pki', 'ca.crt'), keys.ca.certificate);
  return keys;
}

function readKeys(file: string): KeysFile | undefined {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw new StartError(`cannot read ${file}: ${(error as Error).message}`);
  }
  try {
    return JSON.parse(text) as KeysFile;
  } catch {
    throw new StartError(`${file} is damaged: it holds the keys to everything stored, restore it from a copy`);
  }
}

/** Readable by this user only, and never half-written: a reader sees the old file or the new one. */
export function writeWhole(file: string, text: string): void {
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  const beside = `${file}.new`;
  writeFileSync(beside, text, { mode: 0o600 });
  renameSync(beside, file);
}
