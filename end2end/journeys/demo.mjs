import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

export const title = 'the demo has a past, and a quarter passes in a minute';
export const account = null;
export const within = 600_000;

const toldWithin = 300_000;
const followsWithin = 120_000;

export default async function (given) {
  const at = await given.elsewhere({ demo: true });
  await told({ ...given, at });
  const admin = await given.open({ at, account: 'admin' });
  await past({ ...given, page: admin });
  const owner = await given.open({ at, account: 'owner' });
  await mine({ ...given, page: owner });
  await later({ ...given, at, page: admin, signedIn: [admin, owner] });
}

async function told({ step, expect, at }) {
  step('the past is told once it is known how everything is used');
  const problem = await expect.eventually(() => readFile(join(at.folder, 'past-told'), 'utf8'), toldWithin);
  expect.equal(problem, '');
}

async function past({ page, step, expect }) {
  step('a closed campaign with history, one half done, and a series');
  await page.goto('/campaigns');
  const series = page.locator('main', { hasText: 'Quarterly review of prod-us' });
  await expect.visible(series);
  const open = page.locator('tr', { hasText: 'Everything in prod-eu' });
  const [, decided, all] = (await open.innerText()).match(/([\d,]+) of ([\d,]+) decided/).map(number);
  assert.ok(decided > 0 && decided < all, `${decided} of ${all}`);
  const closed = page.locator('tr', { hasText: /\d+ ingress.*Confirmed: \d+/s });
  assert.ok(await closed.count() > 0, 'none is closed');

  step('retirements in every state');
  await page.goto('/retirements');
  for (const state of ['Reappeared', 'Due', 'On hold', 'Removed', 'Cancelled']) {
    const part = page.getByRole('navigation', { name: 'By state' }).getByRole('link', { name: state });
    expect.match(await part.innerText(), /[1-9]\d*$/, state);
  }
}

async function mine({ page, step, expect }) {
  step('the owner is half way, and is told of what calls for somebody');
  await page.goto('/reviews');
  expect.match(await page.locator('#count').innerText(), /^— [1-9]\d* to decide$/);
  await page.goto('/reviews?state=decided');
  assert.ok(await page.locator('table.queue tbody tr').count() > 0);
}

async function later({ open, at, page, signedIn, step, expect }) {
  step('the clock moves on to the next campaign of the series, in about a quarter');
  await page.goto('/campaigns');
  const text = await page.getByRole('main').innerText();
  const days = text.match(/Next: .*/)[0].match(/\d{4}-\d{2}-\d{2}/g).map((day) => daysUntil(day));
  const next = days.find((day) => day > 20);
  // Sessions end when so much time goes by at once: who still looks would be refused the news.
  for (const page of signedIn) await page.goto('about:blank');
  await writeFile(join(at.folder, 'clock-offset'), String((next + 2) * 86_400));

  step('what was due is closed by itself, and the series has opened a campaign');
  const then = await open({ at, account: 'auditor' });
  const row = (name) => then.locator('tr', { hasText: name });
  await expect.eventually(async () => {
    await then.goto('/campaigns');
    expect.match(await row('Everything in prod-eu').innerText(), /closed .* ago/);
    expect.match(await row('Quarterly review of prod-us').innerText(), /due in/);
  }, followsWithin);

  step('what nobody decided is listed, and nothing changed for it');
  await then.getByRole('link', { name: 'Everything in prod-eu' }).click();
  await expect.text(then.getByRole('main'), 'Closed because it was due');
  await expect.text(then.locator('[aria-labelledby=settled]'), 'a missing answer decides nothing');

  step('and the new campaign has its record of completeness');
  await then.goto('/campaigns');
  await then.getByRole('link', { name: 'Quarterly review of prod-us' }).first().click();
  await expect.text(then.getByRole('main'), 'No cluster was left out');
}

const number = (text) => Number(text.replace(/,/g, ''));
const daysUntil = (day) => Math.ceil((Date.parse(day) - Date.now()) / 86_400_000);
