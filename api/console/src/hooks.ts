import { useEffect, useRef, useState } from 'preact/hooks';

/** The newest answer of `load`, asked again every `intervalMs` and whenever `refresh` is called. */
export function usePoll<T>(load: () => Promise<T>, intervalMs: number, initial: T): [T, () => void] {
  const [value, setValue] = useState(initial);
  const latest = useRef(load);
  latest.current = load;
  const refresh = useRef(() => undefined as void);
  useEffect(() => {
    let alive = true;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const run = async () => {
      clearTimeout(timer);
      const answer = await latest.current().catch(() => undefined);
      if (!alive) return;
      if (answer !== undefined) setValue(answer);
      timer = setTimeout(run, intervalMs);
    };
    refresh.current = () => void run();
    void run();
    return () => {
      alive = false;
      clearTimeout(timer);
    };
  }, [intervalMs]);
  return [value, () => refresh.current()];
}

/** A value kept in the browser between visits. */
export function useStored(key: string, initial: string): [string, (value: string) => void] {
  const [value, setValue] = useState(() => localStorage.getItem(key) ?? initial);
  return [
    value,
    (next: string) => {
      localStorage.setItem(key, next);
      setValue(next);
    },
  ];
}
