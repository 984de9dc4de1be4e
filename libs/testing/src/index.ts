/** testing: what specs share: FakeClock, builders, contract suites, an in-process cluster. Imported by specs only. */
export {};
