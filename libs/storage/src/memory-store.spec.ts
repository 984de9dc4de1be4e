import { storeContract } from '#testing';
import { memoryStore } from './memory-store.js';

storeContract('memory', async () => memoryStore());
