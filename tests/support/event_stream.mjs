// A reader of GET /v1/events as a stream.
import { adminKey, eventually } from './server.mjs';

/**
 * Opens a stream of events.
 *
 * @param query    '?types=output.*'
 * @param lastId   where it goes on
 * @returns {status, events, ids, next(predicate), ended, close()}: `events` grows; `next` resolves with the first event that
 *   fulfils the predicate, among those that came and will come
 */
export async function openEvents(server, query = '', { key = adminKey, lastId } = {}) {
  const headers = { ...(key && { authorization: `Bearer ${key}` }), ...(lastId && { 'last-event-id': lastId }) };
  const reply = await fetch(`${server.url}/v1/events${query}`, { headers });
  const events = [];
  const stream = { status: reply.status, type: reply.headers.get('content-type'), events, lastId, ended: false };
  // Cancelled through its reader: Node.js 18 forgets a signal as soon as it collects its garbage.
  const reader = reply.status === 200 && reply.body.getReader();
  const read = async () => {
    const decoder = new TextDecoder();
    let text = '';
    for (let piece = await reader.read(); !piece.done; piece = await reader.read()) {
      text += decoder.decode(piece.value, { stream: true });
      for (let end = text.indexOf('\n\n'); end >= 0; end = text.indexOf('\n\n')) {
        const fields = text.slice(0, end).split('\n').map((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 2)]);
        const { id, event, data } = Object.fromEntries(fields);
        if (id) stream.lastId = id;
        if (data) events.push({ event, ...JSON.parse(data) });
        text = text.slice(end + 2);
      }
    }
  };
  stream.done = reader ? read().catch(() => {}).finally(() => { stream.ended = true; }) : reply.text();
  stream.next = (predicate, limitMs = 15000) => eventually(() => events.find(predicate), limitMs)
    .catch(() => { throw new Error(`no such event among ${JSON.stringify(events.map(({ type, data }) => [type, data?.state]))}`); });
  stream.close = async () => {
    if (reader) await reader.cancel().catch(() => {});
    await stream.done;
  };
  return stream;
}
