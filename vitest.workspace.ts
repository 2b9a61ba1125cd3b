import { existsSync, readdirSync } from 'node:fs';
import type { TestProjectInlineConfiguration } from 'vitest/config';

/** One test project per package, and one for the repository itself. Vitest no longer looks for this file: `vitest.config.ts` imports it. */
const projects: TestProjectInlineConfiguration[] = readdirSync(`${import.meta.dirname}/packages`)
  .filter((name) => existsSync(`${import.meta.dirname}/packages/${name}/package.json`))
  .map((name) => ({
    extends: true,
    test: {
      name,
      root: `${import.meta.dirname}/packages/${name}`,
      include: ['src/**/*.test.ts', 'test/**/*.test.ts'],
      typecheck: {
        enabled: true,
        include: ['src/**/*.test-d.ts'],
        // Each its own, so that an error in one package fails no other one's tests.
        tsconfig: `${import.meta.dirname}/packages/${name}/tsconfig.test.json`,
      },
    },
  }));

const repository: TestProjectInlineConfiguration = {
  extends: true,
  test: { name: 'repository', root: import.meta.dirname, include: ['test/**/*.test.ts'] },
};

export default [...projects, repository];
