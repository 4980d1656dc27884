// What a journey expects to see. Each waits: a page may still be loading, a cluster may still be read.

import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';

const patience = 10_000;

export const expect = {
  visible: (locator) => locator.first().waitFor({ state: 'visible', timeout: patience }),

  absent: (locator) => expect.count(locator, 0),

  count: (locator, number) =>
    expect.eventually(async () => assert.equal(await locator.count(), number, `number of ${locator}`)),

  // A text is contained, a regular expression matches.
  text: (locator, expected) =>
    expect.eventually(async () => contains(await locator.first().innerText({ timeout: 1000 }), expected)),

  url: (page, expected) => expect.eventually(async () => contains(page.url(), expected)),

  equal: assert.equal,
  deepEqual: assert.deepEqual,
  match: assert.match,

  // Calls it until it no longer throws.
  async eventually(act, within = patience) {
    const deadline = Date.now() + within;
    for (;;) {
      try {
        return await act();
      } catch (error) {
        if (Date.now() > deadline) throw error;
      }
      await sleep(50);
    }
  },
};

function contains(text, expected) {
  const found = expected instanceof RegExp ? expected.test(text) : text.includes(expected);
  assert.ok(found, `${JSON.stringify(text)} should contain ${expected}`);
}
