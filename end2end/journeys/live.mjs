import assert from 'node:assert/strict';
import { follow, places, rows } from '../lib/list.mjs';
import { ingressPath } from '../lib/kubernetes.mjs';
import { create, manifest } from '../lib/manifests.mjs';

export const title = 'a person sees within a second what happens in a cluster, and what is gone and how that is known';

// A second is promised; the rest is for a machine that builds and tests at the same time.
const promised = 1000;
const slack = 1000;

const namespace = 'edge-public';
const name = 'live';
const host = 'live.marrowby.example';
const place = `prod-eu ${namespace}/${name}`;

export default async function ({ page, step, expect, axe, cluster }) {
  const notice = page.getByText('This list has changed.');
  const show = page.getByRole('button', { name: 'Show the changes' });
  const row = page.locator('.inventory tbody tr', { hasText: host });

  step('the list is live, and empty so far');
  await page.goto(`/ingresses?q=${host}&sort=name`);
  await expect.visible(page.getByText('Live', { exact: true }));
  await expect.visible(page.getByRole('heading', { name: 'Nothing matches these filters' }));

  step('created: a notice within a second, and the row when asked for');
  let late = await timed(() => create(cluster, manifest(namespace, name, host)), notice);
  await expect.visible(show);
  expect.equal(await row.count(), 0, 'nothing moves under a person by itself');
  await axe(page);
  await show.click();
  await expect.visible(row);
  expect.deepEqual(await places(page), [place]);
  expect.match(await page.locator('#count').innerText(), /^— 1 of /);
  await expect.count(page.locator('tr.changed'), 1);
  await expect.absent(notice);
  expect.equal(await page.evaluate(() => document.activeElement.id), 'results', 'focus is where the changes are');
  inTime(late);

  step('changed: the row is marked after the swap');
  late = await timed(() => cluster.patch(ingressPath(namespace, name), hosts(host, `new.${host}`)), notice);
  await show.click();
  await expect.text(row, `new.${host}`);
  await expect.count(page.locator('tr.changed'), 1);
  inTime(late);

  step('an annotation of no interest to the list changes nothing in it');
  await cluster.patch(ingressPath(namespace, name), annotation('a note'));
  await follow(page, () => row.getByRole('link').click());
  await expect.text(page.locator('[aria-labelledby=annotations]'), 'a note');
  const first = page.url();

  step('its own page is live too');
  await expect.visible(page.getByText('Live', { exact: true }));
  late = await timed(
    () => cluster.patch(ingressPath(namespace, name), annotation('another note')),
    page.getByText('This page has changed.'),
  );
  await show.click();
  await expect.text(page.locator('[aria-labelledby=annotations]'), 'another note');
  const history = page.locator('.history');
  await expect.text(history, `new.${host}`);
  await expect.text(history, 'material');
  await axe(page);
  inTime(late);

  step('keep live: the row itself, and no question');
  await page.goto(`/ingresses?q=${host}`);
  await page.getByLabel('Keep live').check();
  await expect.visible(page.getByText('Live', { exact: true }));
  const second = page.locator('.inventory tbody tr', { hasText: `${name}-two` });
  late = await timed(() => create(cluster, manifest(namespace, `${name}-two`, `two.${host}`)), second);
  expect.equal(await show.isVisible(), false);
  inTime(late);
  await page.reload();
  await expect.visible(page.getByText('Live', { exact: true }));
  expect.equal(await page.getByLabel('Keep live').isChecked(), true, 'the choice is remembered');

  step('deleted: the row goes');
  late = await timed(() => cluster.delete(ingressPath(namespace, `${name}-two`)), second, 'detached');
  expect.deepEqual(await places(page), [place]);
  await cluster.delete(ingressPath(namespace, name));
  await expect.visible(page.getByRole('heading', { name: 'Nothing matches these filters' }));
  inTime(late);

  step('and is found among the removed, with the proof');
  await page.goto(`/ingresses?q=${host}&show=removed`);
  await expect.text(page.getByRole('heading', { level: 1 }), 'Removed ingresses — 2 of');
  expect.match((await rows(page))[0].Removed, /ago/);
  await axe(page);
  await page.goto(first);
  await expect.text(page.locator('.notice'), 'Found to be gone');
  await expect.text(page.locator('.notice'), 'the API server reported the deletion');
  await expect.text(page.locator('#manifest'), host);
  await axe(page);

  step('created again under its name it is another life, and each leads to the other');
  await create(cluster, manifest(namespace, name, host));
  const newer = page.getByRole('link', { name: 'To the ingress that has its name now' });
  await expect.eventually(async () => {
    await page.reload();
    assert.equal(await newer.count(), 1);
  });
  await follow(page, () => newer.click());
  expect.equal(page.url() === first, false);
  await expect.absent(page.locator('.notice', { hasText: 'removed' }));
  const lives = page.locator('[aria-labelledby=lives]');
  await expect.text(lives, 'found to be gone');
  await axe(page);
  await follow(page, () => lives.getByRole('link').click());
  expect.equal(page.url(), first);
  await cluster.delete(ingressPath(namespace, name));
}

// Milliseconds from the API server's answer until it can be seen.
async function timed(act, locator, state = 'visible') {
  await act();
  const start = Date.now();
  await locator.waitFor({ state, timeout: 10_000 });
  return Date.now() - start;
}

function inTime(milliseconds) {
  assert.ok(milliseconds <= promised + slack, `seen after ${milliseconds} ms`);
}

const annotation = (text) => ({ metadata: { annotations: { 'marrowby.example/note': text } } });

function hosts(...all) {
  const { rules: [rule] } = manifest(namespace, name, host).spec;
  return { spec: { rules: all.map((one) => ({ ...rule, host: one })) } };
}
