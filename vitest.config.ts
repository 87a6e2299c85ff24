import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['{core,sim,properties,reports,scenarios}/**/*.test.ts'],
    // Seeds are deterministic, so a slow machine only takes longer; what hangs is still cut, a test or what is made ready for several.
    testTimeout: 120_000,
    hookTimeout: 120_000,
    pool: 'forks',
  },
});
