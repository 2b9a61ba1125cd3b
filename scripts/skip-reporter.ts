import type { Reporter, TestModule } from 'vitest/node';

/** Says at the end of a run what was skipped and why, which Vitest's own reporters keep to themselves. */
export default class SkipReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[]): void {
    for (const module of modules) {
      const counts = new Map<string, number>();
      for (const test of module.children.allTests('skipped')) {
        const result = test.result();
        const reason = (result.state === 'skipped' && result.note) || 'see what the file printed above';
        counts.set(reason, (counts.get(reason) ?? 0) + 1);
      }
      for (const [reason, count] of counts) {
        console.log(`Skipped in ${module.relativeModuleId} (${count}): ${reason}`);
      }
    }
  }
}
