import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    // End-to-end tests start whole servers; two cores carry two of them at once.
    maxWorkers: 2,
    // Above what any wait in a test takes to give up (test/support/patience.ts), which says for what.
    testTimeout: 150_000,
    hookTimeout: 150_000,
  },
})
