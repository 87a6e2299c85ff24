import { expect, test } from 'vitest';
import { eventOfStep } from './moment.ts';
import { picturePage } from './picture-page.test-support.ts';
import type { RunPage } from './run-page.ts';
import { stateAt, stopBefore } from './state-at.ts';

/** The lock is granted in step 2; step 3, a fault that no host did, has no event of its own. */
function faultAfterGrant(): RunPage {
  const picture = picturePage();
  const { timeline } = picture;
  const [lock] = timeline.locks;
  const [held] = lock!.holdings;
  const story = [0, 2, 3].map((step, i) => ({ ...picture.story[step]!, number: i + 1 }));
  return {
    ...picture,
    story,
    storyEvents: [0, 2, -1],
    timeline: {
      ...timeline,
      locks: [{ ...lock!, holdings: [{ ...held!, fromUs: story[1]!.at }] }],
    },
  };
}

test('what changed is marked at the step that changed it, and not again at a fault that shares its event', () => {
  const page = faultAfterGrant();
  const changed = [1, 2, 3].map((step) => {
    const event = eventOfStep(page, step);
    const [lock] = stateAt(page, event, stopBefore(page, event, step)).locks;
    return 'before' in lock!.holding;
  });
  expect(changed).toEqual([false, true, false]);
});
