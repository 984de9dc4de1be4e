/** sandboxes: the life of a sandbox: templates, credentials, wake and sleep, deletion. */
export {};
