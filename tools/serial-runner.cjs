const { default: TestRunner } = require('jest-runner');

/** Runs a project's suites one after another: each end-to-end suite starts a server that wants the whole machine. */
module.exports = class SerialRunner extends TestRunner {
  isSerial = true;
};
