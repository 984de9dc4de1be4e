/** scheduler: the scheduling framework, its queue and its plugins. */
export {};
