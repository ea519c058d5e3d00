// Bundles the console: node build.mjs [OUTPUT_FOLDER]
import { copyFileSync, mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const here = dirname(fileURLToPath(import.meta.url));
const output = process.argv[2] ?? join(here, '../../build/console');

mkdirSync(join(output, 'assets'), { recursive: true });
await build({
  entryPoints: [join(here, 'src/app.tsx'), join(here, 'src/app.css')],
  outdir: join(output, 'assets'),
  bundle: true,
  minify: true,
  target: 'es2022',
  format: 'esm',
  jsx: 'automatic',
  jsxImportSource: 'preact',
  legalComments: 'none',
});
for (const file of ['index.html', 'icon.svg']) copyFileSync(join(here, file), join(output, file));
