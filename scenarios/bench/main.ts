/**
 * `npm run bench`: the figures of speed, on one core, medians of five. Nothing here passes or fails on time; the main figure is void where its world did not do what it
 * is there for (standard-chaos.ts).
 *
 * `npm run bench` gives its heap the room for young objects that a campaign's workers have (scenarios/hand.ts).
 *
 * - `--profile` adds the five heaviest functions of standard-chaos.
 * - `--only-chaos` leaves the other figures out.
 * - `--renew` writes the hash of standard-chaos as the committed one: only for a change that is meant to change what worlds do.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { runBareLoop } from '../../sim/bare-loop.ts';
import { coordinationChaosLasting } from '../catalogue/coordination-chaos.ts';
import { ratesOf, whyCoordinationVoid } from './coordination-chaos.ts';
import { runBarrier, runLocks } from './coordination-alone.ts';
import { runIdle } from './idle.ts';
import { runManyWorlds, runSetUp } from './many-worlds.ts';
import { compact, medianOf } from './measure.ts';
import { profileOf } from './profile.ts';
import { runRaftAlone } from './raft-alone.ts';
import { medianChaos, runChaos, warmUp, whyVoid } from './standard-chaos.ts';

/** Below the package's own folder, which `npm run` makes the current one. */
const goldenPath = 'scenarios/bench/standard-chaos.golden.txt';
const PROFILE_ENTRIES = 5;
const BARE_EVENTS = 2_000_000;

function row(name: string, value: string): void {
  console.log(`${name.padEnd(34)} ${value}`);
}

function committedHash(): string {
  try {
    return readFileSync(goldenPath, 'utf8').trim();
  } catch {
    return '';
  }
}

function chaos(): void {
  const pass = medianChaos();
  const { virtualS, events, operations, bytesWritten, judgeMs } = pass;
  const wallS = pass.wallMs / 1e3;
  row('standard-chaos', `${compact(virtualS / wallS)} virtual s a wall s`);
  row('', `${compact(events / wallS)} events a second`);
  row('', `${(events / virtualS).toFixed(0)} events a virtual s`);
  row('', `${(operations / virtualS).toFixed(1)} operations a virtual s`);
  row('', `${compact(operations / wallS)} operations a wall s`);
  row(
    '  log written',
    `${(bytesWritten / 1e6).toFixed(1)} MB, ${(bytesWritten / operations).toFixed(0)} bytes an operation`,
  );
  row('  judged afterwards', `${(judgeMs / virtualS).toFixed(3)} ms a virtual s, linearizability and all`);
  row('  hash', pass.hash);
  for (const reason of whyVoid(pass, committedHash())) console.log(`void: ${reason}`);
}

function coordination(): void {
  const pass = medianChaos(coordinationChaosLasting);
  const { virtualS, operations, judgeMs, wallMs } = pass;
  row('coordination-chaos', `${compact(virtualS / (wallMs / 1e3))} virtual s a wall s`);
  row('', `${(operations / virtualS).toFixed(1)} operations a virtual s`);
  for (const [name, rate] of ratesOf(pass)) row('', `${rate.toFixed(2)} ${name} a virtual s`);
  row(
    '  judged afterwards',
    `${((judgeMs / (judgeMs + wallMs)) * 100).toFixed(1)} % of the run, linearizability and all`,
  );
  for (const reason of whyCoordinationVoid(pass)) console.log(`void: ${reason}`);
}

function profile(): void {
  let events = 0;
  let wallMs = 0;
  const entries = profileOf(() => {
    ({ events, wallMs } = runChaos());
  }, PROFILE_ENTRIES);
  console.log('profile of standard-chaos, own time:');
  for (const { where, share } of entries) {
    const ns = (share * wallMs * 1e6) / events;
    console.log(
      `  ${(share * 100).toFixed(1).padStart(5)} %  ${ns.toFixed(0).padStart(4)} ns an event  ${where}`,
    );
  }
}

function others(): void {
  row('five idle replicas', `${compact(medianOf(runIdle))} virtual s a wall s`);
  const bare = medianOf(() => {
    const startedAt = performance.now();
    runBareLoop(BARE_EVENTS);
    return BARE_EVENTS / ((performance.now() - startedAt) / 1e3);
  });
  row('the bare loop', `${compact(bare)} events a second`);
  row('a world of 5 nodes set up', `${medianOf(runSetUp).toFixed(3)} ms`);
  const { msEach, heapMb } = runManyWorlds();
  const heap =
    heapMb === null
      ? 'heap unknown without --expose-gc'
      : `live heap ${heapMb.early.toFixed(1)} MB after 100, ${heapMb.late.toFixed(1)} MB after all`;
  row('1,000 worlds of 10 virtual s', `${msEach.toFixed(2)} ms each, ${heap}`);
  row(
    'locks alone, one by one',
    `${compact(medianOf(() => runLocks(20_000, 1)))} acquire + release a second`,
  );
  row(
    'locks alone, 64 at once',
    `${compact(medianOf(() => runLocks(64_000, 64)))} acquire + release a second`,
  );
  row('a barrier of 64 alone', `${compact(medianOf(() => runBarrier(1_000)))} arrivals a second`);
  row('Raft alone, one by one', `${compact(medianOf(() => runRaftAlone(100_000, 1)))} committed a second`);
  row(
    'Raft alone, 64 a proposal',
    `${compact(medianOf(() => runRaftAlone(640_000, 64)))} committed a second`,
  );
}

const flags = new Set(process.argv.slice(2));
warmUp();
if (flags.has('--renew')) {
  const { hash } = runChaos();
  writeFileSync(goldenPath, `${hash}\n`);
  row('committed hash', hash);
} else {
  chaos();
  if (!flags.has('--only-chaos')) {
    coordination();
    others();
  }
  // Last: the engine runs everything slower once it has been profiled.
  if (flags.has('--profile')) profile();
}
