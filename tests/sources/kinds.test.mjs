// Every kind of source in the catalog has a test with a real counterpart and a page that says how to use it.
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { call, startServer } from '../support/server.mjs';

const here = dirname(fileURLToPath(import.meta.url));

test('every kind has a counterpart in a test, a page, and described parameters', { timeout: 30000 }, async () => {
  const server = await startServer();
  try {
    const { status, body } = await call(server, 'GET', '/v1/source-kinds');
    assert.equal(status, 200);
    assert.ok(body.items.length > 6);
    const names = (await readdir(here)).filter((name) => name.endsWith('.test.mjs') && name !== 'policy.test.mjs');
    const texts = await Promise.all(names.map((name) => readFile(join(here, name), 'utf8')));
    for (const { name, params } of body.items) {
      assert.ok(texts.some((text) => text.includes(`kind: '${name}'`)), `no test adds a source of kind ${name}`);
      const page = join(here, '..', '..', 'docs', 'sources', `${name}.md`);
      assert.ok(existsSync(page), `no page about ${name}`);
      const words = await readFile(page, 'utf8');
      for (const param of params) {
        assert.ok(param.type && param.summary, JSON.stringify(param));
        assert.ok(words.includes(`\`${param.name}`), `the page about ${name} does not tell of ${param.name}`);
      }
    }
  } finally {
    await server.stop();
  }
});
