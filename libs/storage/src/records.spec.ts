import { recordsContract } from '#testing';
import { memorySandboxRecords } from './records.js';

recordsContract('memory', async () => memorySandboxRecords());
