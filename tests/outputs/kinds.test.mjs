// Every kind of output in the catalog has a test with a real counterpart and a page that says how to use it.
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { call, startServer } from '../support/server.mjs';

const tests = join(dirname(fileURLToPath(import.meta.url)), '..');

async function testFiles() {
  const names = await readdir(tests, { recursive: true });
  const own = names.filter((name) => name.endsWith('.test.mjs') && !name.includes('node_modules'));
  return Promise.all(own.map((name) => readFile(join(tests, name), 'utf8')));
}

test('every kind has a counterpart in a test, a page, and described parameters', { timeout: 30000 }, async () => {
  const server = await startServer();
  try {
    const { status, body } = await call(server, 'GET', '/v1/output-kinds');
    assert.equal(status, 200);
    assert.ok(body.items.length > 4);
    const texts = await testFiles();
    for (const kind of body.items) {
      assert.ok(texts.some((text) => text.includes(`kind: '${kind.name}'`)), `no test adds an output of kind ${kind.name}`);
      assert.ok(existsSync(join(tests, '..', `docs/outputs/${kind.name}.md`)), `no page about ${kind.name}`);
      for (const param of kind.params ?? []) assert.ok(param.name && param.type && param.summary, JSON.stringify(param));
    }
  } finally {
    await server.stop();
  }
});
