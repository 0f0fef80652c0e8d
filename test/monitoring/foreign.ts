/** Metrics of the process and of Node that the dashboard asks for: those that prom-client brings. */
export const FOREIGN: readonly string[] = [
  'process_cpu_seconds_total',
  'process_resident_memory_bytes',
  'nodejs_eventloop_lag_p99_seconds',
]
