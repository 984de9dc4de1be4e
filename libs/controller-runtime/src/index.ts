/** controller-runtime: runs controllers for many sandboxes in one process: queues, back-off, fair shares, no work for the idle. */
export * from './definition.js';
