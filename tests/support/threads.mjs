// CPU time of a process by its threads.
import { readdirSync, readFileSync } from 'node:fs';

/** CPU seconds so far of every thread: id -> {name, seconds}. */
export function threads(pid) {
  const result = new Map();
  for (const id of readdirSync(`/proc/${pid}/task`)) {
    try {
      const name = readFileSync(`/proc/${pid}/task/${id}/comm`, 'utf8').trim();
      const nanoseconds = Number(readFileSync(`/proc/${pid}/task/${id}/schedstat`, 'utf8').split(' ')[0]);
      result.set(id, { name, seconds: nanoseconds * 1e-9 });
    } catch {
      // The thread ended meanwhile.
    }
  }
  return result;
}
