/** The world, for those who bring a system of their own: plans, faults, streams, worlds. */
export { World, EVENTS_PER_INSTANT_MAX } from './world.ts';
export type {
  DeliveredMessage,
  RecordedEvent,
  ReseedAt,
  SentMessage,
  WorldSpec,
  WorldStats,
} from './world.ts';
export type { FileView, HostView } from './inspect.ts';
export { lockstep } from './lockstep.ts';
export type { Divergence, DivergingEvent } from './lockstep.ts';
export { planLengthUs } from './plan.ts';
export type * from './plan.ts';
export type { DamageKind } from './disk-damage.ts';
export type * from './faults.ts';
export { Stream, streamOf } from './random.ts';
export type { StreamState } from './random.ts';
export { drawDelay, drawExponential } from './distributions.ts';
export type { Words } from './distributions.ts';
export { digestOfData, plainCodec } from './digest.ts';
export { NoSuchNodeError } from './host.ts';
export { runBareLoop } from './bare-loop.ts';
