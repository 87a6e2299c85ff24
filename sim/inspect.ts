/** A host as it stands at an event, in plain data, for people who debug a run. */

/** A file on a host's disk. */
export interface FileView {
  readonly path: string;
  /** Bytes as readers see them, and how many of them a power cut would leave. */
  readonly bytes: number;
  readonly durable: number;
}

/** What a host is doing. */
export interface HostView {
  readonly host: number;
  readonly up: boolean;
  readonly paused: boolean;
  readonly boot: number;
  /** Its own clocks, in microseconds. */
  readonly monotonicUs: number;
  readonly wallUs: number;
  /** Deadlines on its monotonic clock. */
  readonly timers: readonly { readonly key: number; readonly atUs: number }[];
  readonly files: readonly FileView[];
  readonly fsyncsInFlight: number;
  /** Hosts that its messages do not reach, and whose messages do not reach it. */
  readonly cutTo: readonly number[];
  readonly cutFrom: readonly number[];
  /** What its process says of itself (`Process.describe`); `null` where it is down or says nothing. */
  readonly state: unknown;
}
