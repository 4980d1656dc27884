import assert from 'node:assert/strict';
import { act, openCampaign, openCard, queue } from '../lib/campaigns.mjs';
import { ingressPath } from '../lib/kubernetes.mjs';
import { follow } from '../lib/list.mjs';
import { create, manifest } from '../lib/manifests.mjs';

export const title = 'owners decide without JavaScript: one by one, several together, and they take it back';
export const account = 'admin';

const namespace = 'edge-public';
const search = 'plain.marrowby.example';
const all = ['plain-one', 'plain-two', 'plain-three', 'plain-four'];
const [one, two, three, four] = all;

export default async function (given) {
  const { page, open, cluster, withoutJavaScript } = given;
  try {
    await prepare(given);
    const address = await openCampaign(page, { name: 'Plain', search, cluster: cluster.name });
    await withoutJavaScript((plain) => decide({ ...given, page: plain }), { account: 'owner' });
    await withoutJavaScript((plain) => takeOver({ ...given, page: plain }), { account: 'other-owner' });
    await withoutJavaScript((plain) => close({ ...given, page: plain, address }));
    await seeTheEnd({ ...given, page: await open({ account: 'owner' }) });
  } finally {
    for (const name of all) await cluster.delete(ingressPath(namespace, name)).catch(() => {});
  }
}

// Four routes of one team; the last has a second path.
async function prepare({ page, cluster, step, expect }) {
  step('a team has four ingresses, and an admin opens a campaign about them');
  const metadata = { labels: { team: 'logistics' } };
  for (const name of all) {
    const object = manifest(namespace, name, `${name}.${search}`, { metadata });
    const { paths } = object.spec.rules[0].http;
    if (name === four) paths.push({ ...paths[0], path: '/old' });
    await create(cluster, object);
  }
  await expect.eventually(async () => {
    await page.goto(`/ingresses?q=${search}`);
    assert.match(await page.locator('#count').innerText(), /^— 4 of/);
  });
}

async function decide({ page, step, expect }) {
  step('nothing is shown that would need a script');
  await page.goto('/reviews');
  for (const useless of [page.locator('.news'), page.locator('.keys')]) {
    expect.equal(await useless.filter({ visible: true }).count(), 0);
  }

  step('tick two, and confirm them together for one reason');
  for (const name of [one, two]) await page.getByLabel(`Tick ${namespace}/${name} in prod-eu`).check();
  await follow(page, () => page.getByRole('button', { name: 'Decide what is ticked together…' }).click());
  await expect.text(page.getByRole('heading', { level: 1 }), 'Decide together');
  await expect.text(page.locator('[aria-labelledby=chosen]'), two);
  await act(page, { form: 'Confirm all…', fields: { Reason: 'both are in use' }, send: 'Confirm all' });
  const left = Object.keys(await queue(page)).filter((name) => all.includes(name));
  expect.deepEqual(left.toSorted(), [four, three].toSorted());

  step('confirm one from its card, and go on to the next');
  await openCard(page, three);
  await follow(page, () => page.getByRole('button', { name: 'Confirm', exact: true }).first().click());
  const notice = page.locator('.notice', { hasText: 'The review before' });
  await expect.text(notice, 'Confirmed');

  step('take it back');
  await follow(page, () => notice.getByRole('button', { name: /^Undo/ }).click());
  await expect.text(page.getByRole('heading', { level: 1 }), three);
  await expect.text(page.locator('[aria-labelledby=decisions]'), 'undone');

  step('say that it is another team\'s');
  const fields = { 'Whose it is': 'customer-accounts', Reason: 'theirs since May' };
  await act(page, { form: 'Not mine…', fields, send: 'Not mine' });

  step('retire one route of two, and write a comment');
  await page.goto('/reviews');
  await openCard(page, four);
  const some = { Reason: 'only the old path', [`${four}.${search}/old`]: true };
  await act(page, { form: 'Retire…', fields: some, send: 'Retire' });
  await page.goto('/reviews?state=decided');
  await openCard(page, four);
  await expect.text(page.locator('[aria-labelledby=decisions]'), 'Only 1 route');
  await act(page, { form: 'Write a comment', fields: { Comment: 'in two weeks' }, send: 'Add the comment' });
  await expect.text(page.locator('[aria-labelledby=comments]'), 'in two weeks');
}

async function takeOver({ page, step, expect, baseUrl }) {
  step('the other team has it, and needs no script either');
  await page.goto('/reviews');
  assert.ok((await queue(page))[three]);
  await openCard(page, three);
  const card = new URL(page.url()).pathname;
  const form = page.locator('form[action="/reviews/decide"]').first();
  const sent = {};
  for (const input of await form.locator('input[type=hidden]').all()) {
    sent[await input.getAttribute('name')] = await input.getAttribute('value');
  }
  await follow(page, () => form.getByRole('button', { name: 'Confirm' }).click());

  const decided = async () => {
    await page.goto(card);
    return page.locator('[aria-labelledby=decisions]').innerText();
  };
  const before = await decided();
  expect.match(before, /Confirmed/);

  step('the same form once more, as after a lost answer, is answered and changes nothing');
  const headers = { origin: baseUrl };
  const again = await page.request.post('/reviews/decide', { form: sent, headers, maxRedirects: 0 });
  expect.equal(again.status(), 303);
  expect.equal((await decided()).match(/Confirmed/g).length, before.match(/Confirmed/g).length);
}

async function close({ page, address, step, expect }) {
  step('an admin closes the campaign');
  await page.goto(address);
  await act(page, { form: 'Close it…', send: 'Close the campaign' });
  await expect.text(page.getByRole('main'), 'Closed by an admin');
}

async function seeTheEnd({ page, step, expect }) {
  step('and it says what came of each');
  await page.goto('/reviews?state=settled');
  const found = await queue(page);
  for (const name of [one, two]) expect.match(found[name].state, /^Confirmed/);
  expect.match(found[four].state, /^To be retired/);
}
