/** A jest reporter that ends the run with one line for machines: 'N passed, N failed'. A suite that cannot run counts as a failure. */
module.exports = class ClosingLineReporter {
  onRunComplete(_contexts, results) {
    const failed = results.numFailedTests + results.numRuntimeErrorTestSuites;
    this.line = `${results.numPassedTests} passed, ${failed} failed`;
    // After the default reporter's own summary, which is written when this returns.
    process.once('exit', () => process.stdout.write(`${this.line}\n`));
  }
};
