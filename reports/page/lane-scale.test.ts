import { expect, test } from 'vitest';
import { columnsOf } from './causal-columns.ts';
import { causalScale } from './lane-scale.ts';
import { lanesPage } from './lanes-page.test-support.ts';

test('the causal scale asks for what goes on between its columns, not for all that was before or comes after', () => {
  const { timeline } = lanesPage({
    servers: 1,
    hosts: 1,
    events: [100, 200, 300, 900].map((at) => ({ at, host: 0 })),
  });
  const columns = columnsOf(timeline.events, [1, 2], 400);
  const whole = causalScale(columns, 0, 400);
  expect([whole.fromUs, whole.toUs]).toEqual([200, 300]);
  // What lasts from before to after reaches both edges.
  expect([whole.x(100), whole.x(900)]).toEqual([0, 400]);
});
