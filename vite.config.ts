/** Builds the pages that the server serves: `src/dashboard/` to `dist/dashboard/`. */

import preact from '@preact/preset-vite'
import { defineConfig } from 'vite'

export default defineConfig({
  root: 'src/dashboard',
  plugins: [preact()],
  build: {
    outDir: '../../dist/dashboard',
    emptyOutDir: true,
    // A strict content security policy refuses data: scripts, and styles that are written inline.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    target: 'es2022',
    rollupOptions: {
      input: ['src/dashboard/index.html', 'src/dashboard/lab.html'],
    },
  },
})
