/** Two readings of one process's start differ by less. */
const CLOCK_SLACK_SECONDS = 2;

let instance: string | undefined;

/**
 * Names this thread of this process: host, process id, the second it started, and a random word for the thread.
 *
 * The start tells a process from an earlier one with its id: a restarted container often gets the same one.
 */
export function createProcessWriter(host: string): string {
  instance ??= Math.random().toString(36).slice(2, 10);
  return [plain(host), process.pid, startOfProcess(), instance].join('.');
}

/** Tells whether the process that called itself `writer` may still run: it does, or it is on another host. */
export function mayBeRunning(writer: string, host: string): boolean {
  const [writerHost, id, start] = writer.split('.');
  if (writerHost !== plain(host)) return true;
  if (Number(id) === process.pid) return Math.abs(Number(start) - startOfProcess()) <= CLOCK_SLACK_SECONDS;
  try {
    process.kill(Number(id), 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== 'ESRCH';
  }
}

function plain(host: string): string {
  return host.replaceAll(/[^A-Za-z0-9-]/g, '-');
}

function startOfProcess(): number {
  return Math.round(Date.now() / 1000 - process.uptime());
}
