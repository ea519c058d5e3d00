// Everything the API can create, read, change and delete, against a real server.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { call, eventually, startServer } from '../support/server.mjs';

let server;
before(async () => {
  server = await startServer();
});
after(() => server.stop());

const api = (method, path, body, options = {}) => call(server, method, path, { body, ...options });

/** A call that must succeed; returns the body. */
async function ok(method, path, body, options) {
  const reply = await api(method, path, body, options);
  assert.ok(reply.status < 300, `${method} ${path}: ${reply.status} ${JSON.stringify(reply.body)}`);
  return reply.body;
}

async function liveMeeting(settings = {}) {
  const meeting = await ok('POST', '/v1/meetings', { name: 'Test', ...settings });
  await ok('POST', `/v1/meetings/${meeting.id}:start`);
  return `/v1/meetings/${meeting.id}`;
}

test('a meeting is created, read, changed, started, locked, ended and deleted', async () => {
  const created = await api('POST', '/v1/meetings', {
    name: 'Board',
    canvas: { width: 640, height: 360, fps: 25 },
    layout: { name: 'speaker', params: { strip: 'right' } },
    max_participants: 7,
    audio: { talkers: 3 },
    metadata: { room: '4.12' },
    starts_at: '2099-01-01T12:00:00+02:00',
  });
  assert.equal(created.status, 201);
  const path = created.headers.get('location');
  assert.equal(path, `/v1/meetings/${created.body.id}`);
  assert.match(created.body.id, /^mtg_[a-z2-7]{26}$/);
  assert.deepEqual(created.body.canvas, { width: 640, height: 360, fps: 25 });
  assert.equal(created.body.layout.name, 'speaker');
  assert.equal(created.body.layout.params.strip, 'right');
  assert.equal(created.body.starts_at, '2099-01-01T10:00:00.000Z');
  assert.equal(created.body.state, 'scheduled');

  const read = await api('GET', path);
  assert.equal(read.body.metadata.room, '4.12');
  assert.ok(read.headers.get('etag'));

  const changed = await ok('PATCH', path, { name: 'Board 2', metadata: { floor: 4 }, audio: { talkers: 5 } });
  assert.equal(changed.name, 'Board 2');
  assert.deepEqual(changed.metadata, { room: '4.12', floor: 4 });
  assert.equal(changed.audio.talkers, 5);
  assert.equal(changed.max_participants, 7);

  assert.equal((await ok('POST', `${path}:start`)).state, 'live');
  assert.equal((await api('POST', `${path}:start`)).status, 409);
  assert.equal((await ok('POST', `${path}:lock`)).locked, true);
  assert.equal((await ok('POST', `${path}:unlock`)).locked, false);
  const layout = await ok('PATCH', path, { layout: 'grid' });
  assert.equal(layout.layout.name, 'grid');
  assert.equal((await ok('GET', `${path}/views/main`)).layout.name, 'grid');
  assert.ok('frame' in (await ok('POST', `${path}:mute_all`)));

  assert.equal((await ok('POST', `${path}:end`)).state, 'ended');
  assert.equal((await api('POST', `${path}:end`)).status, 409);
  assert.equal((await ok('GET', path)).state, 'ended');
  assert.equal((await api('DELETE', path)).status, 204);
  assert.equal((await api('GET', path)).status, 404);
});

test('a meeting may choose its id, once', async () => {
  await ok('POST', '/v1/meetings', { id: 'lobby' });
  assert.equal((await api('POST', '/v1/meetings', { id: 'lobby' })).status, 409);
  await ok('DELETE', '/v1/meetings/lobby');
});

test('lists are paged', async () => {
  const ids = [];
  for (let i = 0; i < 5; ++i) ids.push((await ok('POST', '/v1/meetings', { name: `page ${i}` })).id);
  const seen = [];
  let cursor = '';
  do {
    const page = await ok('GET', `/v1/meetings?limit=2${cursor && `&cursor=${cursor}`}`);
    assert.ok(page.items.length <= 2);
    assert.ok(page.total >= 5);
    seen.push(...page.items.map((each) => each.id));
    cursor = page.next_cursor;
  } while (cursor);
  for (const id of ids) assert.equal(seen.filter((each) => each === id).length, 1);
  assert.equal((await api('GET', '/v1/meetings?limit=0')).status, 400);
  assert.equal((await api('GET', '/v1/meetings?limit=201')).status, 400);
  assert.equal((await api('GET', '/v1/meetings?cursor=nonsense')).status, 400);
  for (const id of ids) await ok('DELETE', `/v1/meetings/${id}`);
});

test('sources are added, changed and removed', async () => {
  const path = await liveMeeting();
  const created = await api('POST', `${path}/sources`, { kind: 'test', name: 'Camera 1', tone_hz: 500 });
  assert.equal(created.status, 201);
  const source = created.headers.get('location');
  assert.equal(source, `${path}/sources/${created.body.id}`);
  assert.equal(created.body.kind, 'test');
  await eventually(async () => (await ok('GET', source)).state === 'live');
  const changed = await ok('PATCH', source, { gain_db: -6, audio_muted: true });
  assert.equal(changed.gain_db, -6);
  assert.equal(changed.audio_muted, true);
  assert.ok(changed.applied_at_ms >= 0 && changed.frame >= 0);
  assert.equal((await ok('GET', `${path}/sources`)).total, 1);
  assert.equal((await api('DELETE', source)).status, 204);
  assert.equal((await api('GET', source)).status, 404);
  await ok('DELETE', path);
});

test('views are added, changed and removed, but for main', async () => {
  const path = await liveMeeting();
  const created = await api('POST', `${path}/views`, {
    canvas: { width: 320, height: 180 },
    layout: { name: 'single' },
    labels: false,
  });
  assert.equal(created.status, 201);
  const view = created.headers.get('location');
  assert.equal(created.body.labels, false);
  const grid = await ok('PATCH', view, { layout: { name: 'grid', params: { columns: 3 } } });
  assert.equal(grid.layout.params.columns, 3);
  const kept = await ok('PATCH', view, { layout: { params: { gap: 8 } } });
  assert.deepEqual([kept.layout.params.columns, kept.layout.params.gap], [3, 8]);
  const reset = await ok('PATCH', view, { layout: { params: { columns: null } } });
  assert.equal(reset.layout.params.columns, 0);
  const custom = await ok('PATCH', view, {
    layout: { name: 'custom', params: { tiles: [{ rect: { x: 0, y: 0, width: 0.5, height: 1 }, z: 1, fit: 'contain' }] } },
    background: '#204060',
  });
  assert.equal(custom.layout.params.tiles.length, 1);
  assert.match(custom.background, /^#[0-9a-f]{6}$/);
  assert.deepEqual((await ok('GET', `${path}/views`)).items.map((each) => each.id).sort(), ['main', created.body.id].sort());
  assert.equal((await api('DELETE', view)).status, 204);
  assert.equal((await api('DELETE', `${path}/views/main`)).status, 409);
  await ok('DELETE', path);
});

test('every layout of the catalog can be set on a running view', async () => {
  const path = await liveMeeting();
  const layouts = (await ok('GET', '/v1/layouts')).items;
  assert.ok(layouts.length >= 8);
  for (const layout of layouts) {
    const params = layout.name === 'custom' ? { tiles: [{ rect: { x: 0, y: 0, width: 1, height: 1 } }] } : {};
    const view = await ok('PATCH', `${path}/views/main`, { layout: { name: layout.name, params } });
    assert.equal(view.layout.name, layout.name);
    assert.deepEqual(Object.keys(view.layout.params), layout.params.map((each) => each.name));
  }
  await ok('DELETE', path);
});

test('a recording is made, listed with its digest, and deleted', async () => {
  const path = await liveMeeting({ canvas: { width: 320, height: 180, fps: 15 } });
  await ok('POST', `${path}/sources`, { kind: 'test', name: 'Camera', width: 320, height: 180, fps: 15 });
  const created = await api('POST', `${path}/outputs`, { kind: 'recording' });
  assert.equal(created.status, 201);
  const output = created.headers.get('location');
  const recording = `/v1/recordings/${created.body.recording}`;
  assert.equal((await ok('GET', recording)).state, 'recording');
  assert.equal((await api('DELETE', recording)).status, 409);
  await eventually(async () => (await ok('GET', output)).bytes > 10000, 20000);
  assert.equal((await api('DELETE', output)).status, 204);
  const ready = await eventually(async () => {
    const now = await ok('GET', recording);
    assert.notEqual(now.state, 'failed', now.error);
    return now.state === 'ready' && now;
  });
  assert.match(ready.files[0].sha256, /^[0-9a-f]{64}$/);
  assert.ok(ready.files[0].bytes > 10000 && ready.files[0].duration_ms > 0);
  const meeting = path.split('/').pop();
  assert.equal((await ok('GET', `/v1/recordings?meeting=${meeting}`)).total, 1);
  await ok('DELETE', path);
  assert.equal((await ok('GET', recording)).state, 'ready');
  assert.equal((await api('DELETE', recording)).status, 204);
  assert.equal((await api('GET', recording)).status, 404);
});

test('record_on_start records from the start, and the end of the meeting finishes the file', async () => {
  const path = await liveMeeting({ canvas: { width: 320, height: 180, fps: 15 }, record_on_start: true });
  const outputs = await ok('GET', `${path}/outputs`);
  assert.equal(outputs.total, 1);
  await eventually(async () => (await ok('GET', `${path}/outputs/${outputs.items[0].id}`)).bytes > 2000, 20000);
  await ok('POST', `${path}:end`);
  await eventually(async () => (await ok('GET', `/v1/recordings/${outputs.items[0].recording}`)).state === 'ready');
});

test('If-Match guards changes', async () => {
  const path = await liveMeeting();
  const etag = (await api('GET', `${path}/views/main`)).headers.get('etag');
  const first = await api('PATCH', `${path}/views/main`, { labels: false }, { headers: { 'if-match': etag } });
  assert.equal(first.status, 200);
  const second = await api('PATCH', `${path}/views/main`, { labels: true }, { headers: { 'if-match': etag } });
  assert.equal(second.status, 412);
  assert.equal(second.body.code, 'precondition_failed');
  assert.equal((await ok('GET', `${path}/views/main`)).labels, false);
  const any = await api('PATCH', `${path}/views/main`, { labels: true }, { headers: { 'if-match': '*' } });
  assert.equal(any.status, 200);
  await ok('DELETE', path);
});

test('an ETag stands while only the media moves', async () => {
  const path = await liveMeeting({ canvas: { width: 320, height: 180 } });
  const source = await ok('POST', `${path}/sources`, { kind: 'test' });
  const output = await ok('POST', `${path}/outputs`, { kind: 'recording', video: { width: 320, height: 180 } });
  const read = async (id) => {
    const reply = await api('GET', `${path}/${id}`);
    return { tag: reply.headers.get('etag'), body: reply.body };
  };
  const moving = { [`sources/${source.id}`]: 'frames_received', [`outputs/${output.id}`]: 'bytes' };
  for (const [place, counter] of Object.entries(moving)) {
    await eventually(async () => (await read(place)).body[counter] > 0);
    const before = await read(place);
    const after = await eventually(async () => {
      const now = await read(place);
      return now.body[counter] > before.body[counter] && now;
    });
    assert.equal(after.tag, before.tag, place);
  }
  const before = await read(`sources/${source.id}`);
  await ok('PATCH', `${path}/sources/${source.id}`, { audio_muted: true });
  assert.notEqual((await read(`sources/${source.id}`)).tag, before.tag);
});

test('an Idempotency-Key makes one meeting of two requests', async () => {
  const headers = { 'idempotency-key': `key-${Date.now()}` };
  const first = await api('POST', '/v1/meetings', { name: 'Once' }, { headers });
  const second = await api('POST', '/v1/meetings', { name: 'Once' }, { headers });
  assert.equal(second.status, 201);
  assert.equal(second.body.id, first.body.id);
  assert.equal(second.headers.get('location'), first.headers.get('location'));
  const other = await api('POST', '/v1/meetings', { name: 'Other' }, { headers });
  assert.equal(other.status, 422);
  await ok('DELETE', `/v1/meetings/${first.body.id}`);
});

test('a dry run changes nothing', async () => {
  const total = async (path) => (await ok('GET', path)).total;
  const before = await total('/v1/meetings');
  const would = await api('POST', '/v1/meetings?dry_run=true', { name: 'Not' });
  assert.equal(would.status, 200);
  assert.equal(would.body.name, 'Not');
  assert.equal(await total('/v1/meetings'), before);
  assert.equal((await api('POST', '/v1/meetings?dry_run=true', { nonsense: 1 })).status, 400);

  const path = await liveMeeting({ name: 'Stays' });
  await ok('PATCH', `${path}?dry_run=true`, { name: 'Gone' });
  await ok('PATCH', `${path}/views/main?dry_run=true`, { layout: 'single' });
  await ok('POST', `${path}/sources?dry_run=true`, { kind: 'test' });
  await ok('POST', `${path}/outputs?dry_run=true`, { kind: 'recording' });
  await ok('POST', `${path}:end?dry_run=true`);
  await ok('DELETE', `${path}?dry_run=true`);
  const meeting = await ok('GET', path);
  assert.deepEqual([meeting.name, meeting.state], ['Stays', 'live']);
  assert.equal((await ok('GET', `${path}/views/main`)).layout.name, 'grid');
  assert.equal(await total(`${path}/sources`), 0);
  assert.equal(await total(`${path}/outputs`), 0);
  await ok('DELETE', path);
});

test('catalogs, capabilities, health, readiness, metrics and the description answer', async () => {
  for (const [list, kind] of [['source-kinds', 'file'], ['output-kinds', 'recording']]) {
    const { items } = await ok('GET', `/v1/${list}`);
    assert.ok(items.some((each) => each.name === kind), list);
    for (const each of items) assert.ok(each.summary && each.params.every((param) => param.name && param.type && param.summary), each.name);
  }
  const capabilities = await ok('GET', '/v1/capabilities');
  assert.ok(capabilities.encoders.some((each) => each.codec === 'h264' && each.available));
  assert.equal((await ok('GET', '/healthz', undefined, { key: null })).status, 'ok');
  assert.equal((await ok('GET', '/readyz', undefined, { key: null })).status, 'ready');
  const metrics = await ok('GET', '/metrics', undefined, { key: null });
  assert.match(metrics, /process_cpu_seconds_total [0-9.]+/);
  assert.match(metrics, /process_resident_memory_bytes [0-9.e+]+/);
  assert.match(metrics, /http_requests_total/);
  const description = await ok('GET', '/v1/openapi.json', undefined, { key: null });
  assert.equal(description.openapi, '3.1.0');
});

test('stats count ticks', async () => {
  const path = await liveMeeting({ canvas: { width: 320, height: 180 } });
  await ok('POST', `${path}/sources`, { kind: 'test' });
  const stats = await eventually(async () => {
    const now = await ok('GET', `${path}/stats`);
    return now.video.ticks > 10 && now.audio.ticks > 30 && now;
  });
  assert.equal(stats.sources.length, 1);
  assert.ok(Array.isArray(stats.renditions));
  await ok('DELETE', path);
});

test('tokens are minted, for no wider role than one\'s own', async () => {
  const path = await liveMeeting();
  const meeting = path.split('/').pop();
  const host = await ok('POST', '/v1/tokens', { meeting, role: 'host', name: 'Ada' });
  assert.equal(host.token.split('.').length, 3);
  const asHost = { key: host.token };
  assert.equal((await api('GET', path, undefined, asHost)).status, 200);
  const minted = await api('POST', '/v1/tokens', { meeting, role: 'participant' }, asHost);
  assert.equal(minted.status, 201);
  assert.equal((await api('POST', '/v1/tokens', { meeting, role: 'operator' }, asHost)).status, 403);
  assert.equal((await api('POST', '/v1/tokens', { meeting: '*', role: 'participant' }, asHost)).status, 403);

  const viewer = { key: (await ok('POST', '/v1/tokens', { meeting, role: 'viewer' })).token };
  assert.equal((await api('GET', path, undefined, viewer)).status, 200);
  assert.equal((await api('PATCH', path, { name: 'Mine' }, viewer)).status, 403);
  assert.equal((await api('POST', `${path}/outputs`, { kind: 'recording' }, viewer)).status, 403);
  assert.equal((await api('GET', '/v1/audit', undefined, viewer)).status, 403);
  const other = await liveMeeting();
  assert.equal((await api('GET', other, undefined, viewer)).status, 403);
  await ok('DELETE', other);
  await ok('DELETE', path);
});

test('changes are audited: who, what, with what result', async () => {
  const meeting = await ok('POST', '/v1/meetings', { name: 'Audited' });
  await api('PATCH', `/v1/meetings/${meeting.id}`, { nonsense: 1 });
  await ok('DELETE', `/v1/meetings/${meeting.id}`);
  const entries = await eventually(async () => {
    const { items } = await ok('GET', '/v1/audit?limit=20');
    const mine = items.filter((each) => each.subject.endsWith(meeting.id));
    return mine.length >= 2 && mine;
  });
  assert.deepEqual(entries.map((each) => each.status), [204, 400]);
  assert.ok(entries.every((each) => each.via === 'key' && each.role === 'admin' && each.from === '127.0.0.1'));
});
