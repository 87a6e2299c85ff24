/**
 * What two processes tell each other before the first message. Who dials says `greeting`; who listens answers `accepted`, or `refused` with a
 * code and a sentence, and hangs up. Nothing else is listened to before.
 *
 * A greeting names the cluster, so that two groups on one machine never mix; the protocol's version; who dials and whom it means to reach; and
 * the *instance* of its folder, drawn at random when the folder was made. A replica whose folder was lost and comes back empty under its old id has
 * forgotten votes and entries that others count on: it shows as another instance of a known id, and is refused.
 */
import { ByteReader, ByteWriter, crc32c } from '../bytes.ts';

/** Raised when the bytes of messages change. */
export const protocolVersion = 1;

/** "SGLS", so that what speaks another protocol is told apart from what speaks an older one of ours. */
const magic = 0x534c_4753;

/** Who dials: a replica of the group, or a client. */
export interface Greeting {
  readonly kind: 'greeting';
  readonly protocol: number;
  readonly cluster: string;
  readonly role: 'replica' | 'client';
  /** Of the replica that dials; of a client a random number. */
  readonly id: number;
  /** Of the dialling replica's folder; empty for a client. */
  readonly instance: string;
  /** How often the dialling process has started. */
  readonly boot: number;
  /** Id of the replica that is meant. */
  readonly target: number;
}

/** Who listens. */
export interface Accepted {
  readonly kind: 'accepted';
  readonly id: number;
  readonly instance: string;
  readonly boot: number;
}

/** Why a greeting is refused. */
export type RefusalCode =
  'OTHER_PROTOCOL' | 'OTHER_CLUSTER' | 'OTHER_REPLICA' | 'UNKNOWN_ID' | 'CLAIMED_ID' | 'OLD_BOOT';

/** No. */
export interface Refused {
  readonly kind: 'refused';
  readonly code: RefusalCode;
  readonly text: string;
}

export type Handshake = Greeting | Accepted | Refused;

/** Kinds of frames; messages have others (core/codec.ts). */
const tag = { greeting: 200, accepted: 201, refused: 202 } as const;
const headerBytes = 8;

/** As a frame. */
export function encodeHandshake(h: Handshake): Uint8Array {
  const w = new ByteWriter(128);
  w.u32(0);
  w.u32(0);
  w.u8(tag[h.kind]);
  w.u32(magic);
  switch (h.kind) {
    case 'greeting':
      w.u32(h.protocol);
      w.text(h.cluster);
      w.flag(h.role === 'replica');
      w.u53(h.id);
      w.text(h.instance);
      w.u53(h.boot);
      w.u53(h.target);
      break;
    case 'accepted':
      w.u53(h.id);
      w.text(h.instance);
      w.u53(h.boot);
      break;
    case 'refused':
      w.text(h.code);
      w.text(h.text);
      break;
  }
  w.patchU32(0, w.length - 4);
  w.patchU32(4, w.sum(headerBytes));
  return w.finish();
}

/** What a frame says, or null where it is no handshake. A greeting of another protocol version keeps its version, and has no other fields. */
export function decodeHandshake(frame: Uint8Array): Handshake | null {
  try {
    const r = new ByteReader(frame);
    if (r.u32() !== frame.length - 4 || r.u32() !== crc32c(frame, headerBytes)) return null;
    const kind = r.u8();
    if (r.u32() !== magic) return null;
    switch (kind) {
      case tag.greeting:
        return readGreeting(r);
      case tag.accepted:
        return { kind: 'accepted', id: r.u53(), instance: r.text(), boot: r.u53() };
      case tag.refused:
        return { kind: 'refused', code: r.text() as RefusalCode, text: r.text() };
      default:
        return null;
    }
  } catch (error) {
    if (error instanceof RangeError || error instanceof TypeError) return null;
    throw error;
  }
}

function readGreeting(r: ByteReader): Greeting {
  const protocol = r.u32();
  if (protocol !== protocolVersion) {
    return {
      kind: 'greeting',
      protocol,
      cluster: '',
      role: 'client',
      id: 0,
      instance: '',
      boot: 0,
      target: 0,
    };
  }
  return {
    kind: 'greeting',
    protocol,
    cluster: r.text(),
    role: r.flag() ? 'replica' : 'client',
    id: r.u53(),
    instance: r.text(),
    boot: r.u53(),
    target: r.u53(),
  };
}
