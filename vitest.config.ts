import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['{core,sim,properties,reports,scenarios}/**/*.test.ts'],
    // Seeds are deterministic, so a slow machine only takes longer; a test that hangs is still cut.
    testTimeout: 120_000,
    pool: 'forks',
  },
});
