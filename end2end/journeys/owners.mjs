import { allIngresses } from '../lib/manifests.mjs';
import { follow, found, rows } from '../lib/list.mjs';

export const title = 'a platform lead sees who owns what, how that is known, and what nobody owns';

export default async function ({ page, withoutJavaScript, step, expect, axe, clusters }) {
  const total = (await allIngresses(clusters)).length;

  step('the share of ingresses that have an owner');
  await page.goto('/');
  await follow(page, () => page.getByRole('link', { name: 'Owners', exact: true }).click());
  await expect.text(page.getByRole('heading', { level: 1 }), 'Owners');
  const [owned, all] = await coverage(page);
  expect.equal(all, total);
  expect.equal(owned > 0 && owned < all, true, `${owned} of ${all}: some have an owner and some have none`);
  await axe(page);

  step('the orphans are the others, and lead to their list');
  const orphans = page.locator('[aria-labelledby=orphans]');
  await expect.text(orphans.locator('h2'), (all - owned).toLocaleString('en'));
  await follow(page, () => orphans.getByRole('link', { name: /^Show all/ }).click());
  expect.equal(await found(page), all - owned);
  for (const row of await rows(page)) expect.match(row.Owner, /^(Orphan|None found)/);
  await page.goBack();

  step('each says whose it may be and why, or that nothing tells');
  const listed = await orphans.locator('tbody tr').evaluateAll((elements) =>
    elements.map((row) => row.querySelector('[data-label=Because]').innerText));
  expect.equal(listed.length > 0, true);
  for (const because of listed) expect.match(because, /\w{3,}/);
  await follow(page, () => orphans.locator('tbody a').first().click());
  const section = page.locator('[aria-labelledby=owner]');
  await expect.text(section, /^Owner\s+(Orphan|None found)/);
  await axe(page);

  await readAnOwner({ page, step, expect, axe });
  await countSources({ page, step, expect, owned });

  step('without JavaScript it is all there');
  await withoutJavaScript(async (plain) => {
    await plain.goto('/owners');
    expect.deepEqual(await coverage(plain), [owned, all]);
  });
}

// How many have an owner, and how many there are.
async function coverage(page) {
  const text = await page.locator('.coverage').innerText();
  const [owned, all] = text.match(/([\d,]+) of ([\d,]+) ingress/).slice(1);
  return [owned, all].map((number) => Number(number.replaceAll(',', '')));
}

async function readAnOwner({ page, step, expect, axe }) {
  step('the figures of an owner lead to their lists');
  await page.goto('/owners');
  const table = page.getByRole('region', { name: 'Table of the owners' });
  const row = table.locator('tbody tr').filter({ has: page.locator('[data-label=Ingresses] a') }).first();
  const name = await row.locator('bdi').first().innerText();
  const link = row.locator('[data-label=Ingresses] a');
  const count = Number((await link.innerText()).replaceAll(',', ''));
  await follow(page, () => link.click());
  expect.equal(await found(page), count);
  for (const { Owner } of await rows(page)) expect.equal(Owner.startsWith(name), true, `${Owner} is ${name}`);

  step('the page of an ingress says whose it is, how that is known, and how sure it is');
  await follow(page, () => page.locator('.inventory tbody a').first().click());
  const section = page.locator('[aria-labelledby=owner]');
  await expect.text(section, name);
  await expect.text(section, 'Known by');
  await expect.text(section, /Confidence\s+(stated|likely|a guess)/);
  await axe(page);
}

async function countSources({ page, step, expect, owned }) {
  step('how owners are known adds up to all that are owned, and is explained');
  await page.goto('/owners');
  const table = page.getByRole('region', { name: 'How owners are known' });
  const counts = await table.locator('[data-label=Ingresses]').allInnerTexts();
  const sum = counts.reduce((all, text) => all + Number(text.replaceAll(',', '')), 0);
  expect.equal(sum, owned);
  for (const meaning of await table.locator('[data-label=Meaning]').allInnerTexts()) {
    expect.match(meaning, /\w{3,}.*\.$/s);
  }
}
