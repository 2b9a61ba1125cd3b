import { defineConfig } from 'vitest/config';
import projects from './vitest.workspace.ts';

export default defineConfig({
  test: {
    projects,
    // WebGPU on a software adapter and million-element rules are slow on two cores.
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
});
