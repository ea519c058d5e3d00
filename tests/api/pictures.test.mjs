// What a view shows beside its tiles: every member survives, every fault names its field.
import assert from 'node:assert/strict';
import { copyFile, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { adminKey, call, eventually, startServer } from '../support/server.mjs';

/** 32x32 red pixels. */
const png = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAACAAAAAgCAIAAAD8GO2jAAAACXBIWXMAAAABAAAAAQBPJcTWAAAAKUlEQVR4nO3NsQkAAAzDsPz/c6FPJJvAs5VLpm3vAA' +
  'AAAAAAAAAAoNgDp+T0Ltwd/VwAAAAASUVORK5CYII=',
  'base64',
);

let server;
let folder;
let meeting;
let view;
before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tessera-pictures-'));
  await writeFile(join(folder, 'logo.png'), png);
  await writeFile(join(folder, 'notes.txt'), 'no picture');
  await copyFile(join(folder, 'notes.txt'), join(folder, 'false.png'));
  server = await startServer({ env: { TESSERA_FILES_ROOT: folder } });
  const made = await call(server, 'POST', '/v1/meetings', { body: { canvas: { width: 320, height: 180 } } });
  meeting = `/v1/meetings/${made.body.id}`;
  view = `${meeting}/views/main`;
  await call(server, 'POST', `${meeting}:start`);
});
after(async () => {
  await server.stop();
  await rm(folder, { recursive: true, force: true });
});

async function refused(method, path, body, field) {
  const reply = await call(server, method, path, { body });
  assert.equal(reply.status, 400, `${field}: ${JSON.stringify(reply.body)}`);
  assert.equal(reply.body.field, field, JSON.stringify(reply.body));
}

test('overlays of every kind are added, changed, listed and removed', async () => {
  const specs = [
    { kind: 'text', text: 'Live', style: { color: '#ff8000', background_opacity: 0.5, bold: true } },
    { kind: 'image', image: 'logo.png', place: { x: 0.9, y: 0.1, anchor: 'top-right' } },
    { kind: 'ticker', text: 'news', speed: 0.3, from_ms: 1000, until_ms: 2000 },
    { kind: 'clock', format: 'elapsed', utc_offset_minutes: -300 },
    { kind: 'caption', text: 'said', size: { width: 0.5, height: 0.05 }, z: 3, opacity: 0.5 },
  ];
  for (const spec of specs) {
    const added = await call(server, 'POST', `${view}/overlays`, { body: spec });
    assert.equal(added.status, 201, JSON.stringify(added.body));
    const read = (await call(server, 'GET', added.headers.get('location'))).body;
    for (const [name, value] of Object.entries(spec)) {
      if (typeof value === 'object') assert.deepEqual({ ...read[name], ...value }, read[name], name);
      else assert.equal(read[name], value, name);
    }
  }
  const { items } = (await call(server, 'GET', `${view}/overlays`)).body;
  assert.deepEqual(items.map((each) => each.kind).sort(), specs.map((each) => each.kind).sort());
  const caption = items.find((each) => each.kind === 'caption');
  const again = await call(server, 'PATCH', `${view}/overlays/${caption.id}`, { body: { text: 'said again' } });
  assert.equal(again.body.text, 'said again');
  assert.equal(again.body.opacity, 0.5);
  for (const { id } of items) assert.equal((await call(server, 'DELETE', `${view}/overlays/${id}`)).status, 204);
  assert.equal((await call(server, 'GET', `${view}/overlays/${caption.id}`)).status, 404);
});

test('a fault in an overlay names its field', async () => {
  const faults = [
    [{ text: 'x' }, 'kind'],
    [{ kind: 'banner' }, 'kind'],
    [{ kind: 'text' }, 'text'],
    [{ kind: 'text', text: 'x'.repeat(2001) }, 'text'],
    [{ kind: 'text', text: 'x', place: { x: 1.5 } }, 'place.x'],
    [{ kind: 'text', text: 'x', place: { anchor: 'here' } }, 'place.anchor'],
    [{ kind: 'text', text: 'x', size: { height: 0 } }, 'size.height'],
    [{ kind: 'text', text: 'x', style: { color: 'red' } }, 'style.color'],
    [{ kind: 'text', text: 'x', style: { glow: true } }, 'style.glow'],
    [{ kind: 'text', text: 'x', opacity: 2 }, 'opacity'],
    [{ kind: 'text', text: 'x', speed: 1 }, 'speed'],
    [{ kind: 'clock', utc_offset_minutes: 9000 }, 'utc_offset_minutes'],
    [{ kind: 'image' }, 'image'],
    [{ kind: 'image', image: 'missing.png' }, 'image'],
    [{ kind: 'image', image: '../../etc/passwd' }, 'image'],
    [{ kind: 'image', image: 'notes.txt' }, 'image'],
    [{ kind: 'image', image: 'false.png' }, 'image'],
  ];
  for (const [body, field] of faults) await refused('POST', `${view}/overlays`, body, field);
  assert.equal((await call(server, 'GET', `${view}/overlays`)).body.items.length, 0);
  const nowhere = { body: { kind: 'clock' } };
  assert.equal((await call(server, 'POST', `${meeting}/views/view_none/overlays`, nowhere)).status, 404);
});

test('corners, borders, background images and transitions are kept', async () => {
  const wanted = {
    corner_radius: 24,
    border: { width: 4, color: '#ff8000' },
    background_image: 'logo.png',
    transition: { kind: 'move', ms: 500 },
  };
  const changed = await call(server, 'PATCH', view, { body: wanted });
  assert.equal(changed.status, 200, JSON.stringify(changed.body));
  const read = (await call(server, 'GET', view)).body;
  for (const [name, value] of Object.entries(wanted)) assert.deepEqual(read[name], value, name);
  assert.equal((await call(server, 'PATCH', view, { body: { background_image: null } })).status, 200);
  assert.equal((await call(server, 'GET', view)).body.background_image, null);
});

test('a fault in a view names its field', async () => {
  const before = (await call(server, 'GET', view)).body;
  const faults = [
    [{ corner_radius: 3 }, 'corner_radius'],
    [{ corner_radius: 202 }, 'corner_radius'],
    [{ border: { width: 5 } }, 'border.width'],
    [{ border: { color: 'blue' } }, 'border.color'],
    [{ transition: { kind: 'wipe' } }, 'transition.kind'],
    [{ transition: { ms: 5001 } }, 'transition.ms'],
    [{ background_image: 'missing.png' }, 'background_image'],
    [{ background_image: 'notes.txt' }, 'background_image'],
  ];
  for (const [body, field] of faults) await refused('PATCH', view, body, field);
  const now = (await call(server, 'GET', view)).body;
  for (const name of ['corner_radius', 'border', 'transition', 'background_image']) {
    assert.deepEqual(now[name], before[name], name);
  }
});

test('a snapshot is a picture of the view as it is composed, or of a source as it came', async () => {
  const made = await call(server, 'POST', `${meeting}/sources`, { body: { kind: 'test', width: 320, height: 180 } });
  const magic = { jpeg: 'ffd8ff', png: '89504e470d0a1a0a' };
  for (const [format, begin] of Object.entries(magic)) {
    for (const of of [view, `${meeting}/sources/${made.body.id}`]) {
      const path = `${server.url}${of}:snapshot?format=${format}`;
      const bytes = await eventually(async () => {  // a source has no picture before its first
        const reply = await fetch(path, { headers: { authorization: `Bearer ${adminKey}` } });
        if (reply.status === 404) return null;
        assert.equal(reply.status, 200, path);
        assert.equal(reply.headers.get('content-type'), `image/${format}`);
        return Buffer.from(await reply.arrayBuffer());
      });
      assert.equal(bytes.subarray(0, begin.length / 2).toString('hex'), begin);
      if (format === 'png') assert.deepEqual([bytes.readUInt32BE(16), bytes.readUInt32BE(20)], [320, 180]);
    }
  }
  const small = await fetch(`${server.url}${view}:snapshot?format=png&width=128`, { headers: { authorization: `Bearer ${adminKey}` } });
  const bytes = Buffer.from(await small.arrayBuffer());
  assert.deepEqual([bytes.readUInt32BE(16), bytes.readUInt32BE(20)], [128, 72]);
  await refused('GET', `${view}:snapshot?width=5`, undefined, 'width');
  await refused('GET', `${view}:snapshot?format=gif`, undefined, 'format');
  assert.equal((await call(server, 'GET', `${meeting}/views/viw_unknown:snapshot`)).status, 404);
  assert.equal((await call(server, 'GET', `${view}:snapshot`, { key: null })).status, 401);
});
