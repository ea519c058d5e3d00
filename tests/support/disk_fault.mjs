// A disk of recordings that hangs or is slow, for a server that a test starts: tests/support/disk_fault.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { tool } from './server.mjs';

/**
 * @returns {env, hang, delay, answer}: `env` is the server's environment; `hang(name)` lets everything that is done to files of
 *   recordings wait, or what names a path with `name` in it; `delay(ms)` each call; `answer()` ends all of that
 */
export function faultyDisk(dataDir) {
  const control = join(dataDir, 'disk-fault');
  const say = (text) => writeFileSync(control, text);
  say('');
  return {
    env: {
      LD_PRELOAD: tool('tessera_disk_fault.so'),
      TESSERA_DISK_FAULT: control,
      TESSERA_DISK_FAULT_FOLDER: join(dataDir, 'recordings'),
    },
    hang: (name) => say(name ? `hang ${name}` : 'hang'),
    delay: (ms) => say(`delay ${ms}`),
    answer: () => say(''),
  };
}
